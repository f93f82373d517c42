import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { changeShipment, findShipment, listShipments } from '../domain/fulfilment/shipments.ts'
import { previewTrackingMails, sendTrackingMails } from '../domain/fulfilment/tracking-mails.ts'
import { TRACKING_LENGTH } from '../domain/fulfilment/tracking-number.ts'
import { selectionSchema } from '../domain/orders/selection.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { setLimits } from '../domain/shared/tx.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, pageOf, pageQuery, problems, time } from './openapi.ts'
import { leftOut } from './order-schemas.ts'

const tags = ['Shipments']
const path = '/campaigns/{campaign_id}/shipments'
const shipmentParams = campaignParams.extend({ shipment_id: id })

const shipment = z
  .object({
    id,
    order: z.object({ id, number: z.int() }),
    state: z.enum(['left', 'undone']).describe('undone: taken back; it stays as a row'),
    carrier: z.string(),
    tracking_number: z.string(),
    tracking_url: z.string().describe('As it was given'),
    tracking_link: z.string().nullable().describe("Where it can be followed: what was given, else the carrier's page"),
    operation_id: id.nullable().describe('The step that shipped it'),
    left_at: time,
    mailed_at: time.nullable().describe('When its backer was last mailed a tracking number'),
    mailed_number: z.string().nullable().describe('The number that mail told; another one can be mailed again'),
    lines: z.array(z.object({ sku_id: id, sku: z.string(), name: z.string(), option: z.string(), quantity: z.int() })),
  })
  .openapi('Shipment')

/** What is known of a parcel. */
export const trackingInput = z.strictObject({
  carrier: z.string().trim().max(TRACKING_LENGTH.carrier).default(''),
  tracking_number: z.string().trim().max(TRACKING_LENGTH.tracking_number).default(''),
  tracking_url: z.string().trim().max(TRACKING_LENGTH.tracking_url).default('').describe("Left out: the carrier's own page"),
})
const trackingChange = z.strictObject({
  carrier: z.string().trim().max(TRACKING_LENGTH.carrier).optional(),
  tracking_number: z.string().trim().max(TRACKING_LENGTH.tracking_number).optional(),
  tracking_url: z.string().trim().max(TRACKING_LENGTH.tracking_url).optional(),
})

const list = createRoute({
  method: 'get',
  path,
  operationId: 'listShipments',
  summary: 'Parcels, newest first',
  tags,
  request: {
    params: campaignParams,
    query: z.strictObject({
      order_id: id.optional(),
      operation_id: id.optional().describe('Those that this step shipped'),
      state: z.enum(['left', 'undone']).optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(pageOf(shipment), 'One page'), ...problems },
})
const read = createRoute({
  method: 'get',
  path: `${path}/{shipment_id}`,
  operationId: 'findShipment',
  summary: 'One parcel',
  tags,
  request: { params: shipmentParams },
  responses: { 200: json(shipment, 'The parcel'), ...problems },
})
const change = createRoute({
  method: 'patch',
  path: `${path}/{shipment_id}`,
  operationId: 'changeShipment',
  summary: 'Correct carrier, tracking number or page; nobody is mailed by it',
  tags,
  request: { params: shipmentParams, body: jsonBody(trackingChange) },
  responses: { 200: json(shipment, 'The parcel now'), ...problems },
})
const mails = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/tracking-mails',
  operationId: 'sendTrackingMails',
  summary: 'Mail backers where their parcels can be followed; a step of its own, after shipping',
  tags,
  request: {
    params: campaignParams,
    body: jsonBody(
      z.strictObject({
        selection: selectionSchema.describe(
          'Orders: those of them that have shipped; {"filter": {"operation": ...}} is one step',
        ),
        dry_run: z.boolean().default(false).describe('Count the mails, and send none'),
      }),
    ),
  },
  responses: {
    200: json(
      z
        .object({
          state: z.enum(['preview', 'done']),
          total: z.int().describe('Parcels of the selection that left'),
          mails: z.int().describe('Mails that would go out, or that were queued'),
          without_number: z.int().describe('Parcels without a number: nothing to tell'),
          mailed_before: z.int().describe('Parcels whose backer was mailed this number already'),
          left: z.array(leftOut),
          operation: id.nullable(),
        })
        .openapi('TrackingMailsAnswer'),
      'The counts',
    ),
    ...problems,
  },
})

/** Parcels that left, and the mails that tell of them. */
export function shipmentRoutes(deps: Deps) {
  const { db } = deps
  return newRoutes()
    .openapi(list, async (c) => {
      const { campaign_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      const { cursor, limit, ...scope } = c.req.valid('query')
      return c.json(await listShipments(db, { campaign_id, ...scope }, { cursor, limit }), 200)
    })
    .openapi(read, async (c) => {
      const { campaign_id, shipment_id } = c.req.valid('param')
      await ownCampaign(db, actorOf(c), campaign_id)
      return c.json(await findShipment(db, campaign_id, shipment_id), 200)
    })
    .openapi(change, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await commit(c, deps, (tx) => changeShipment(tx, actorOf(c), input)), 200)
    })
    .openapi(mails, async (c) => {
      const { dry_run, selection } = c.req.valid('json')
      const input = { ...c.req.valid('param'), selection }
      if (dry_run) {
        const seen = await previewTrackingMails(db, actorOf(c), input)
        return c.json({ ...seen, state: 'preview' as const, operation: null }, 200)
      }
      const sent = await commit(
        c,
        deps,
        async (tx) => {
          const seen = await previewTrackingMails(tx.db, actorOf(c), input)
          const { queued, operation } = await sendTrackingMails(tx, actorOf(c), { ...input, smtp: deps.mailer !== null })
          return { ...seen, mails: queued, state: 'done' as const, operation }
        },
        setLimits,
      )
      return c.json(sent, 200)
    })
}
