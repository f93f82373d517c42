import { index, layout, type RouteConfig, route } from '@react-router/dev/routes'

/** The site map. */
export default [
  index('routes/home.tsx'),
  layout('routes/auth/layout.tsx', [route('sign-in', 'routes/auth/sign-in.tsx'), route('setup', 'routes/auth/setup.tsx')]),
  route('sign-out', 'routes/auth/sign-out.tsx'),
] satisfies RouteConfig
