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
      route('settings', 'routes/creator/settings.tsx'),
      route('imports', 'routes/creator/imports.tsx'),
      route('imports/new', 'routes/creator/new-import.tsx'),
      route('imports/:import', 'routes/creator/import.tsx'),
      route('imports/:import/problems.csv', 'routes/creator/import-problems.ts'),
    ]),
  ]),
] satisfies RouteConfig
