import { index, type RouteConfig } from '@react-router/dev/routes'

/** The site map. */
export default [index('routes/home.tsx')] satisfies RouteConfig
