import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Deps } from '../deps.server.ts'
import { reportLimits } from '../domain/imports/report-types.ts'
import { addonRoutes } from './addons.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { attemptRoutes } from './attempts.ts'
import { backerRoutes } from './backers.ts'
import { campaignRoutes } from './campaigns.ts'
import { changeRequestRoutes } from './change-requests.ts'
import { chargeRunRoutes } from './charge-runs.ts'
import type { ApiEnv } from './context.ts'
import { countRoutes } from './counts.ts'
import { addDescription } from './description.ts'
import { discrepancyRoutes } from './discrepancies.ts'
import { failedPaymentRoutes } from './failed-payments.ts'
import { figureRoutes } from './figures.ts'
import { fulfilmentRoutes } from './fulfilment.ts'
import { guard } from './guard.ts'
import { idempotency } from './idempotency.ts'
import { importRoutes } from './imports.ts'
import { itemRoutes } from './items.ts'
import { levelRoutes } from './levels.ts'
import { linkRoutes } from './links.ts'
import { mailingRoutes } from './mailings.ts'
import { messageRoutes } from './messages.ts'
import { nextActionRoutes } from './next-actions.ts'
import { noticeRoutes } from './notices.ts'
import { operationRoutes } from './operations.ts'
import { orderChangeRoutes } from './order-changes.ts'
import { orderRoutes } from './orders.ts'
import { paymentMethodRoutes } from './payment-methods.ts'
import { pledgePriceRoutes } from './pledge-prices.ts'
import { answerError, answerProblem, problem, problemOfSchema } from './problem.ts'
import { questionRoutes } from './questions.ts'
import { refundRoutes } from './refunds.ts'
import { shipmentRoutes } from './shipments.ts'
import { shippingRoutes } from './shipping.ts'
import { surveyRoutes } from './surveys.ts'
import { trackingFileRoutes } from './tracking-files.ts'
import { transitionRoutes } from './transitions.ts'
import { waiverRoutes } from './waivers.ts'

/** Bodies of JSON. */
const BODY_LIMIT = 1024 * 1024
/** A report, with what a form puts around it. */
const UPLOAD_LIMIT = reportLimits.file_bytes + 64 * 1024

/** The JSON API, mounted at /api/v1: one file for each noun. Described at /api/v1/openapi.json. */
export function createApi(deps: Deps): OpenAPIHono<ApiEnv> {
  const api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : answerProblem(c, problemOfSchema(result.target, result.error))),
  })
  api.onError((error, c) => answerError(error, c, deps.log))
  addDescription(api)
  api.use(guard(deps))
  api.use(limitBody())
  api.use(idempotency(deps))
  api.route('/', apiKeyRoutes(deps))
  api.route('/', campaignRoutes(deps))
  api.route('/', itemRoutes(deps))
  api.route('/', levelRoutes(deps))
  api.route('/', addonRoutes(deps))
  api.route('/', shippingRoutes(deps))
  api.route('/', questionRoutes(deps))
  api.route('/', pledgePriceRoutes(deps))
  api.route('/', countRoutes(deps))
  api.route('/', figureRoutes(deps))
  api.route('/', importRoutes(deps))
  api.route('/', nextActionRoutes(deps))
  api.route('/', backerRoutes(deps))
  api.route('/', linkRoutes(deps))
  api.route('/', mailingRoutes(deps))
  api.route('/', surveyRoutes(deps))
  api.route('/', messageRoutes(deps))
  api.route('/', orderRoutes(deps))
  api.route('/', orderChangeRoutes(deps))
  api.route('/', transitionRoutes(deps))
  api.route('/', noticeRoutes(deps))
  api.route('/', operationRoutes(deps))
  api.route('/', fulfilmentRoutes(deps))
  api.route('/', changeRequestRoutes(deps))
  api.route('/', shipmentRoutes(deps))
  api.route('/', trackingFileRoutes(deps))
  api.route('/', chargeRunRoutes(deps))
  api.route('/', attemptRoutes(deps))
  api.route('/', failedPaymentRoutes(deps))
  api.route('/', refundRoutes(deps))
  api.route('/', discrepancyRoutes(deps))
  api.route('/', waiverRoutes(deps))
  api.route('/', paymentMethodRoutes(deps))
  // A sub-app's own notFound never fires behind app.route; without this an unknown path would answer a page.
  api.all('*', (c) => answerProblem(c, problem(404, 'not_found', 'There is nothing at this address.')))
  return api
}

/** Refuses a body that is too large before it is read, with the limit named. */
function limitBody(): MiddlewareHandler<ApiEnv> {
  const limit = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: (c) => {
        const detail = `The body may have at most ${maxSize} bytes.`
        return answerProblem(c, problem(413, 'too_large', detail, { limit_bytes: maxSize }))
      },
    })
  const json = limit(BODY_LIMIT)
  const upload = limit(UPLOAD_LIMIT)
  return (c, next) => (/\/campaigns\/[^/]+\/(imports|tracking-files)$/.test(c.req.path) ? upload(c, next) : json(c, next))
}
