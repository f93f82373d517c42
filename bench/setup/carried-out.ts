import type { World } from './world.ts'

/** A step that left orders out was measured over fewer of them: that ends the case. */
export async function carriedOut({ client, orders }: World, operation_id: string): Promise<void> {
  const operation = await client.db
    .selectFrom('operations')
    .select(['state', 'moved', 'left_out'])
    .where('id', '=', operation_id)
    .executeTakeFirstOrThrow()
  if (operation.state === 'done' && operation.moved === orders) return
  throw new Error(`It is ${operation.state}, and moved ${operation.moved} of ${orders}: ${JSON.stringify(operation.left_out)}`)
}
