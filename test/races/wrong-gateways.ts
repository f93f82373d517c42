import { randomUUID } from 'node:crypto'
import type { Gateway } from '../../src/domain/payments/gateway.ts'

/*
 * The product's own gateway with one thing made wrong each: what controls charge with, to show that the counts can be anything but zero.
 */

/** A key made up for each sending, and nobody asks what became of the one before. */
export function withNewKeys(gateway: Gateway): Gateway {
  return {
    ...gateway,
    charge: (request, options) => gateway.charge(request, { ...options, key: randomUUID() }),
    listPayments: async () => ({ ok: true, value: [] }),
    paymentPages: () => noPages(),
  }
}

/** Takes silence for a no. */
export function withSilenceAsNo(gateway: Gateway): Gateway {
  return {
    ...gateway,
    charge: async (request, options) => {
      const answer = await gateway.charge(request, options)
      return answer.answer === 'unknown' ? { answer: 'refused', code: answer.code, pauses: false } : answer
    },
  }
}

/** Takes silence for a yes. */
export function withSilenceAsYes(gateway: Gateway): Gateway {
  return {
    ...gateway,
    charge: async (request, options) => {
      const answer = await gateway.charge(request, options)
      return answer.answer === 'unknown' ? { answer: 'succeeded', payment: 'pi_hoped_for', amount: request.amount } : answer
    },
  }
}

/** Shows nothing of what was charged: as if nobody looked the gateway through before the first charge. */
export function withNothingListed(gateway: Gateway): Gateway {
  return { ...gateway, paymentPages: () => noPages(), listPayments: async () => ({ ok: true, value: [] }) }
}

async function* noPages(): AsyncGenerator<never> {}

/** Says that an earlier payment is closed, and leaves it open. */
export function withNothingCanceled(gateway: Gateway): Gateway {
  return {
    ...gateway,
    cancelPayment: async (payment) => {
      const read = await gateway.readPayment(payment)
      return read.ok ? { ok: true, value: { ...read.value, state: 'canceled' } } : read
    },
  }
}
