import { z } from '@hono/zod-openapi'
import { ORDER_STATUSES, REASON_CODES, STAFF_TRANSITIONS, SURVEY_STATES } from '../domain/orders/lifecycle.ts'
import { anyJson, id, money, time } from './openapi.ts'

/** What the API answers about orders. The names are those of the columns. */

export const orderStatus = z.enum(ORDER_STATUSES).openapi('OrderStatus')

export const address = z
  .object({
    name: z.string(),
    line1: z.string(),
    line2: z.string(),
    sublocality: z.string(),
    city: z.string(),
    region: z.string(),
    postcode: z.string(),
    country: z.string(),
    phone: z.string(),
    delivery_notes: z.string(),
  })
  .openapi('Address')

const orderLine = z
  .object({
    sku_id: id,
    sku: z.string(),
    name: z.string(),
    option: z.string().describe("'' where the item has one SKU"),
    quantity: z.int(),
    source: z.enum(['level', 'addon', 'incentive', 'staff']),
    source_id: id.nullable(),
    source_name: z.string().nullable(),
    price: money.describe("Quoted for the whole line; a bundle's price stands on its first line"),
  })
  .openapi('OrderLine')

const followUp = z
  .object({
    code: z.string().describe("The bank's code of the last decline"),
    decline_class: z.enum(['soft', 'needs_backer', 'hard']),
    failed_at: time,
    retry_at: time.nullable().describe('When the card is tried again by itself; null: never, or it is switched off'),
    remind_at: time.nullable().describe('When its backer is reminded next; null: no more'),
    reminders: z.int().describe('Reminders that have left'),
    remind_on: z.string().nullable().describe('YYYY-MM-DD that the backer named: until then nothing is sent and nothing tried'),
  })
  .openapi('FollowUp')

export const order = z
  .object({
    id,
    number: z.int(),
    version: z.int().describe('Rises with every change; send it as expected_version'),
    status: orderStatus,
    balance_due: money.describe('Positive is owed, negative is credit'),
    captured: money,
    refunded: money,
    currency: z.string(),
    country: z.string().nullable(),
    ships: z.boolean(),
    address: address.nullable(),
    address_warning: z.boolean().describe('It looks unusual, and nobody has said that it is right'),
    level: z.object({ id, name: z.string() }).nullable(),
    lines: z.array(orderLine),
    payment_method: z
      .object({
        brand: z.string(),
        last4: z.string(),
        exp_month: z.int(),
        exp_year: z.int(),
        state: z.enum(['usable', 'replaced', 'detached']),
        is_usable: z.boolean().describe('Saved at the gateway account in use, and neither replaced nor detached'),
        is_expired: z.boolean().describe('Past its last month: it is tried all the same'),
      })
      .nullable(),
    hold: z.object({ code: z.string(), reason: z.string().nullable(), at: time }).nullable(),
    follow_up: followUp.nullable().describe('What follows a failed charge; null where none waits to be mended'),
    notice: z
      .object({ id, kind: z.enum(['lock', 'finalize_address']), due_at: time })
      .nullable()
      .describe('The notice that will lock it, or finalize its address'),
    backer: z.object({
      id,
      name: z.string(),
      email: z.string(),
      email_state: z.enum(['ok', 'relay', 'bounced']),
      platform_number: z.int().nullable(),
      survey: z.enum(SURVEY_STATES),
    }),
    created_at: time,
    confirmed_at: time,
    locked_at: time.nullable(),
    paid_at: time.nullable(),
    address_finalized_at: time.nullable().describe('Since when the warehouse may take it'),
    shipped_at: time.nullable(),
    canceled_at: time.nullable(),
    updated_at: time,
  })
  .openapi('Order')

export const moneyLine = z
  .object({
    kind: z.string(),
    ref: id.nullable().describe("The level's or add-on's id"),
    label: z.string(),
    quantity: z.int(),
    unit: money,
    amount: money.describe('Positive adds to what is owed'),
    reason: z.string(),
  })
  .openapi('MoneyLine')

export const quote = z
  .object({
    lines: z.array(moneyLine),
    goods: money,
    shipping: money,
    tax: money,
    surcharge: money,
    pledged: money.describe("What the platform's money counts for"),
    shipping_left_over: money,
    total: money,
    country: z.string().nullable(),
    bonus_spendable: z.boolean(),
    level_price: money,
    addons: z
      .record(z.string(), z.object({ quantity: z.int(), pledged: z.int(), platform_price: money, price: money }))
      .describe('By add-on id'),
  })
  .openapi('Quote')

const allowed = z.object({ allowed: z.boolean(), code: z.string().nullable() })

export const wholeOrder = order
  .extend({
    money: z
      .object({
        lines: z.array(moneyLine).describe('They sum to balance_due'),
        goods: money,
        shipping: money,
        tax: money,
        surcharge: money,
        pledged: money,
        credit: money,
        captured: money,
        refunded: money,
        settled_outside: money,
        shipping_left_over: money,
        balance_due: money,
      })
      .openapi('OrderMoney'),
    answers: z.array(z.object({ question_id: id, prompt: z.string(), answer: z.string() })),
    draft: z
      .object({ state: z.enum(['active', 'overtaken']), updated_at: time })
      .nullable()
      .describe('An edit that is not confirmed; overtaken: a lock came first'),
    may_change: z
      .object({ choices: allowed, address: allowed, payment_method: allowed })
      .describe('What its backer may change now'),
    transitions: z.array(
      z.object({
        name: z.enum(STAFF_TRANSITIONS),
        verb: z.string(),
        to: z.string(),
        possible: z.boolean(),
        code: z.string().nullable().describe('Why not'),
      }),
    ),
  })
  .openapi('WholeOrder')

export const event = z
  .object({
    id: z.int(),
    at: time,
    text: z.string().describe('What happened, as a sentence'),
    kind: z.string(),
    actor: z.object({ kind: z.string(), name: z.string().nullable() }),
    from: z.string().nullable(),
    to: z.string().nullable(),
    code: z.string().nullable(),
    reason: z.string().nullable().describe("Staff's words"),
    operation_id: id.nullable(),
    backer_id: id.nullable(),
    order_id: id.nullable(),
    order_version: z.int().nullable().describe('The version the order has since'),
    data: z.record(z.string(), anyJson),
  })
  .openapi('Event')

export const leftOut = z
  .object({
    code: z.string().describe(`One of ${REASON_CODES.join(', ')}`),
    count: z.int(),
    sample_ids: z.array(id).describe('Up to five order ids'),
  })
  .openapi('LeftOut')
