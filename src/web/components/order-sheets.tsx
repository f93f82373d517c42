import { Link } from 'react-router'
import type { WholeOrder } from '../../domain/orders/queries.ts'
import { ledgerAccountWords, quoteLineWords } from '../../lib/quote-text.ts'
import { paths } from '../paths.ts'
import { Ledger, type LedgerRow } from '../ui/ledger.tsx'
import { Amount, Count, Money } from '../ui/numbers.tsx'
import { Facts, Sheet } from '../ui/sheet.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

interface Props {
  campaign: { id: string }
  order: WholeOrder
}

/** What they get: every line with its source and quoted price. */
export function LinesSheet({ campaign, order }: Props) {
  return (
    <Sheet
      title="What they get"
      body="flush"
      aside={
        order.may_change.choices.allowed ? (
          <Link to={paths.backer_answers(campaign.id, order.backer.id)}>Change for them…</Link>
        ) : undefined
      }
    >
      <Table caption="Lines of the order">
        <thead>
          <tr>
            <Head number>Pieces</Head>
            <Head>Item</Head>
            <Head>SKU</Head>
            <Head>From</Head>
            <Head number>Price, {order.currency}</Head>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((line) => (
            <tr key={`${line.sku_id} ${line.source} ${line.source_id}`}>
              <td className="number">
                <Count of={line.quantity} />
              </td>
              <td className="wraps">
                <bdi>{line.name}</bdi>
                {line.option !== '' && (
                  <small className="row-small">
                    <bdi>{line.option}</bdi>
                  </small>
                )}
              </td>
              <td>
                <bdi>{line.sku}</bdi>
              </td>
              <td className="wraps">
                {line.source === 'addon' ? 'Add-on ' : ''}
                <bdi>{line.source_name}</bdi>
              </td>
              <td className="number">
                <Amount minor={line.price} currency={order.currency} />
              </td>
            </tr>
          ))}
          {order.lines.length === 0 && (
            <tr>
              <td colSpan={5}>Nothing: this level holds no items.</td>
            </tr>
          )}
        </tbody>
      </Table>
    </Sheet>
  )
}

/** Why they owe what they owe, line by line. */
export function MoneySheet({ order }: { order: WholeOrder }) {
  const { balance_due, currency, money } = order
  const rows: LedgerRow[] = money.lines.map((line) => {
    const { label, why } = ledgerAccountWords(line.kind, line.amount, line.reason) ?? quoteLineWords(line, currency)
    return { label: <bdi>{label}</bdi>, reason: why, amount: line.amount }
  })
  rows.push({ label: balance_due < 0 ? 'Credit' : 'Balance due', amount: balance_due, kind: 'due' })
  return (
    <Sheet
      title={balance_due > 0 ? 'Why something is owed' : 'Why nothing is owed'}
      aside={<span className="meta">{currency}</span>}
    >
      <Ledger caption="Money of the order, line by line" currency={currency} rows={rows} />
      {money.shipping_left_over > 0 && (
        <p className="meta">
          Shipping already paid that is left over: <Money minor={money.shipping_left_over} currency={currency} />. It is not spent
          on goods.
        </p>
      )}
    </Sheet>
  )
}

/** Who they are, and what they answered. */
export function BackerSheet({ campaign, order }: Props) {
  const { backer } = order
  return (
    <Sheet title="Backer" aside={<Link to={paths.backer(campaign.id, backer.id)}>Open</Link>}>
      <Facts
        facts={[
          {
            term: 'Name',
            fact: <bdi>{backer.name}</bdi>,
          },
          {
            term: 'Mail',
            fact: (
              <>
                <bdi>{backer.email}</bdi>
                {backer.email_state === 'relay' && ' · a relay address'}
                {backer.email_state === 'bounced' && ' · bounced: correct it'}
              </>
            ),
          },
          { term: 'Backer number', fact: backer.platform_number },
          ...order.answers.map(({ question_id, prompt, answer }) => ({
            term: prompt,
            fact: <bdi key={question_id}>{answer}</bdi>,
          })),
        ]}
      />
    </Sheet>
  )
}

/** Where it goes, and when it came how far. */
export function DeliverySheet({
  campaign,
  order,
  address,
}: Props & { address: { lines: string[]; country: string; phone: string; notes: string } | null }) {
  const change = order.may_change.address.allowed ? (
    <Link to={paths.order_part(campaign.id, order.id, 'address')}>Correct…</Link>
  ) : undefined
  return (
    <Sheet title="Where it goes" aside={order.ships ? change : undefined}>
      {!order.ships && <p>Nothing ships: everything in this order is digital.</p>}
      {address && (
        <address>
          {[...address.lines, address.country].map((line) => (
            <bdi key={line} className="address-line">
              {line}
            </bdi>
          ))}
        </address>
      )}
      <Facts
        facts={[
          { term: 'Phone', fact: address?.phone && <bdi>{address.phone}</bdi> },
          { term: 'For the carrier', fact: address?.notes && <bdi>{address.notes}</bdi> },
          { term: 'Warning', fact: order.address_warning ? 'It looks unusual, and nobody said yet that it is right.' : null },
          { term: 'Confirmed', fact: <Time at={order.confirmed_at} as="moment" /> },
          { term: 'Locked', fact: order.locked_at && <Time at={order.locked_at} as="moment" /> },
          { term: 'Paid', fact: order.paid_at && <Time at={order.paid_at} as="moment" /> },
          { term: 'Address final', fact: order.address_finalized_at && <Time at={order.address_finalized_at} as="moment" /> },
          { term: 'Shipped', fact: order.shipped_at && <Time at={order.shipped_at} as="moment" /> },
          { term: 'Canceled', fact: order.canceled_at && <Time at={order.canceled_at} as="moment" /> },
        ]}
      />
    </Sheet>
  )
}
