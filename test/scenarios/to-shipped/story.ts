import { parse } from 'csv-parse/sync'
import { beforeAll, expect } from 'vitest'
import type { Knobs } from '../../../src/simulator/types.ts'
import type { Answer } from '../../setup/api.ts'
import { type HttpWorld, useHttpWorld } from '../../setup/http-world.ts'
import { type K5Catalogue, makeCatalogue, NUMBERS, platformPrices } from '../k5-campaign.ts'
import { apply, backersByNumber, k5, mailsTo, newCampaign, orderOf, upload } from '../sample-steps.ts'

/*
 * What the chapters of kickstarter-to-shipped.test.ts share: a campaign whose surveys were sent, and short ways to ask for what is so now.
 */

export interface Mail {
  subject: string
  text: string
  /** the personal link in it */
  link: string
}

export interface Story {
  world: HttpWorld
  /** of the campaign; set before the first test */
  made: K5Catalogue
  backer(number: number): { id: string; link: string; email: string }
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API says
  order(number: number): Promise<any>
  statuses(...numbers: number[]): Promise<string[]>
  /** the orders of these backers, as a selection */
  one(...numbers: number[]): Promise<{ ids: string[] }>
  /** Reads below the campaign; answers the body. */
  get(path: string): Promise<Answer['body']>
  /** Posts below the campaign, and is not refused; answers the body. */
  post(path: string, body?: object): Promise<Answer['body']>
  /** Posts, and may be refused. */
  tried(path: string, body?: unknown): Promise<Answer>
  put(path: string, body: object): Promise<Answer>
  move(name: string, selection: object, more?: object): Promise<Answer['body']>
  /** A CSV as rows by column. */
  csv(path: string): Promise<Record<string, string>[]>
  /** Who was mailed this. */
  mailsTo(kind: string): Promise<string[]>
  /** The last mail of a kind to somebody, as it stands in the mailbox. */
  mailTo(number: number, kind: string): Promise<Mail>
  /** What the gateway took for this backer's order, in the order it took it. */
  taken(number: number): Promise<number[]>
  /** Changes how the gateway simulator behaves. */
  gateway(change: Partial<Knobs>): Promise<void>
}

export const everybody = Object.values(NUMBERS)

/** Starts the program and has the surveys of the K5 sample sent. */
export function useStory(): Story {
  // An answer that never comes is waited for that long.
  const world = useHttpWorld({ GATEWAY_TIMEOUT_MS: '1500' })
  let base = ''
  let backers: Awaited<ReturnType<typeof backersByNumber>>
  const story = { world } as Story

  const tried: Story['tried'] = (path, body = {}) => world.post(`${base}${path}`, body)
  const get: Story['get'] = async (path) => (await world.get(`${base}${path}`)).body
  const post: Story['post'] = async (path, body) => {
    const answer = await tried(path, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body
  }
  const backer: Story['backer'] = (number) => backers.get(number) ?? { id: '', link: '', email: '' }
  const order: Story['order'] = (number) => orderOf(world, base, backer(number).id)
  const orders = (numbers: number[]) => Promise.all(numbers.map(order))

  beforeAll(async () => {
    base = await newCampaign(world)
    const preview = await upload(world, base, k5, 'all-rewards.csv')
    await apply(world, base, preview.id)
    story.made = await makeCatalogue(world, base)
    expect((await world.put(`${base}/pledge-prices`, await platformPrices(world, base))).status).toBe(200)
    expect(await post('/surveys/send')).toMatchObject({ state: 'done', moved: 10 })
    await world.advance('PT1M')
    backers = await backersByNumber(world, base)
  })

  return Object.assign(story, {
    backer,
    order,
    get,
    post,
    tried,
    statuses: async (...numbers) => (await orders(numbers)).map(({ status }) => status),
    one: async (...numbers) => ({ ids: (await orders(numbers)).map(({ id }) => id) }),
    put: (path, body) => world.put(`${base}${path}`, body),
    move: (name, selection, more = {}) => post('/transitions', { name, selection, ...more }),
    csv: async (path) => rowsOf(await get(path)),
    mailsTo: (kind) => mailsTo(world, base, kind),
    async mailTo(number, kind) {
      await world.advance('PT1M')
      const { id, email } = backer(number)
      const { data } = await get(`/messages?kind=${kind}&backer_id=${id}`)
      expect(data[0], `a mail ${kind} to ${email}`).toMatchObject({ state: 'sent', to: email })
      const mail = await get(`/messages/${data[0].id}`)
      return { ...mail, link: new RegExp(`${world.url}/b/\\S+`).exec(mail.text)?.[0] ?? '' }
    },
    async taken(number) {
      const { id } = await order(number)
      return (await world.charges()).filter(({ metadata }) => metadata.afterfund_order === id).map(({ amount }) => amount)
    },
    async gateway(change) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(change) }
      expect((await fetch(`${world.program.gatewayUrl()}/knobs`, init)).status).toBe(200)
    },
  } satisfies Omit<Story, 'world' | 'made'>)
}

function rowsOf(text: string): Record<string, string>[] {
  const [head = [], ...rows] = parse(text, { bom: true }) as string[][]
  return rows.map((cells) => Object.fromEntries(head.map((name, place) => [name, cells[place] ?? ''])))
}

/** Addresses `numbers` are mailed at, as lists of mails have them. */
export function emailsOf({ backer }: Story, ...numbers: number[]): string[] {
  return numbers.map((number) => backer(number).email).toSorted((a, b) => a.localeCompare(b))
}
