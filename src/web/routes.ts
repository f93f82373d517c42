import { index, layout, prefix, type RouteConfig, route } from '@react-router/dev/routes'

/** The site map. */
export default [
  index('routes/home.tsx'),
  layout('routes/auth/layout.tsx', [route('sign-in', 'routes/auth/sign-in.tsx'), route('setup', 'routes/auth/setup.tsx')]),
  route('sign-out', 'routes/auth/sign-out.tsx'),
  layout('routes/creator/layout.tsx', [
    route('campaigns', 'routes/creator/campaigns.tsx'),
    route('campaigns/new', 'routes/creator/new-campaign.tsx'),
    ...prefix('campaigns/:campaign', [
      index('routes/creator/overview.tsx'),
      route('settings', 'routes/creator/settings.tsx'),
      route('orders', 'routes/creator/orders.tsx'),
      route('orders/do/:deed', 'routes/creator/transition.tsx'),
      route('orders/:order', 'routes/creator/order.tsx'),
      route('orders/:order/settle', 'routes/creator/order-settle.tsx'),
      route('orders/:order/address', 'routes/creator/order-address.tsx'),
      route('notices/:notice', 'routes/creator/notice.tsx'),
      route('counts', 'routes/creator/counts.tsx'),
      route('counts.csv', 'routes/creator/counts-csv.ts'),
      route('operations', 'routes/creator/operations.tsx'),
      route('operations/:operation', 'routes/creator/operation.tsx'),
      route('catalog/prices', 'routes/creator/prices.tsx'),
      route('survey', 'routes/creator/survey.tsx'),
      route('survey/send', 'routes/creator/mailing.tsx', { id: 'send-surveys' }),
      route('survey/remind', 'routes/creator/mailing.tsx', { id: 'remind' }),
      route('survey/payment-method', 'routes/creator/mailing.tsx', { id: 'ask-payment-method' }),
      route('imports', 'routes/creator/imports.tsx'),
      route('imports/new', 'routes/creator/new-import.tsx'),
      route('imports/:import', 'routes/creator/import.tsx'),
      route('imports/:import/problems.csv', 'routes/creator/import-problems.ts'),
    ]),
  ]),
  layout('routes/backer/layout.tsx', [
    route('b/:campaign/:backer/:secret', 'routes/backer/link.tsx'),
    ...prefix('b/:campaign/:backer', [
      index('routes/backer/pledge.tsx'),
      route('start', 'routes/backer/start.tsx'),
      route('questions', 'routes/backer/questions.tsx'),
      route('addons', 'routes/backer/addons.tsx'),
      route('address', 'routes/backer/address.tsx'),
      route('payment', 'routes/backer/payment.tsx'),
      route('review', 'routes/backer/review.tsx'),
    ]),
    route('c/:campaign/link', 'routes/backer/lost-link.tsx'),
    // What staff see of it: same sheets, nothing to press.
    route('campaigns/:campaign/survey/preview', 'routes/backer/preview.tsx'),
    route('campaigns/:campaign/backers/:backer/view', 'routes/backer/view-as.tsx'),
  ]),
] satisfies RouteConfig
