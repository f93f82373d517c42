import type { Selectable } from 'kysely'
import type { AccountTables } from './tables/accounts.ts'
import type { BackerTables } from './tables/backers.ts'
import type { CampaignTables } from './tables/campaigns.ts'
import type { CatalogTables } from './tables/catalog.ts'
import type { FulfilmentTables } from './tables/fulfilment.ts'
import type { GatewayTables } from './tables/gateway.ts'
import type { HistoryTables } from './tables/history.ts'
import type { ImportTables } from './tables/imports.ts'
import type { MessageTables } from './tables/messages.ts'
import type { OrderTables } from './tables/orders.ts'
import type { PaymentTables } from './tables/payments.ts'
import type { ShippingTables } from './tables/shipping.ts'

/**
 * The tables as Kysely sees them: a file per noun in tables/, a name per column, the same in SQL, TypeScript and the API.
 * tables.db.test.ts compares them with the migrated database.
 */
export interface Database
  extends AccountTables,
    BackerTables,
    CampaignTables,
    CatalogTables,
    FulfilmentTables,
    GatewayTables,
    HistoryTables,
    ImportTables,
    MessageTables,
    OrderTables,
    PaymentTables,
    ShippingTables {}

/** A row of a table as a query returns it. */
export type Row<T extends keyof Database> = Selectable<Database[T]>
