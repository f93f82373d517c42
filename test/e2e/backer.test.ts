import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { captainAnswers, makeSurveyBacker } from '../factories/survey-campaign.ts'
import { launchBrowser } from '../setup/browser.ts'
import { problemsWithoutScript } from '../setup/page-checks.ts'
import { type BackerWorld, owner, startBackerWorld } from './backer-world.ts'

/* The backer's path in a browser whose scripts are switched off, on a phone's width, with axe on each page. */

let world: BackerWorld
let browser: Browser
let page: Page

beforeAll(async () => {
  world = await startBackerWorld()
  browser = await launchBrowser()
  page = await newPage()
})

afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

async function newPage(viewport = { width: 390, height: 844 }): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport })
  const made = await context.newPage()
  made.setDefaultTimeout(10_000)
  return made
}

const backerOf = (over: Parameters<typeof makeSurveyBacker>[2] = {}) => makeSurveyBacker(world.parts, world.campaign, over)
const place = () => new URL(page.url()).pathname.split('/').at(-1)
const heading = () => page.locator('h1').textContent()
const text = async () => (await page.locator('main').textContent()) ?? ''

async function press(name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).click()
  await page.waitForLoadState()
}

async function follow(name: string | RegExp): Promise<void> {
  await page.getByRole('link', { name }).first().click()
  await page.waitForLoadState()
}

/** Every page: nothing axe objects to, no sideways scrolling, and not one script. */
async function expectSound(): Promise<void> {
  expect(await page.locator('script').count()).toBe(0)
  expect(await problemsWithoutScript(page)).toEqual([])
}

/** Without the browser's own checks, as an older phone would send it. */
async function pressUnchecked(name: string): Promise<void> {
  await page
    .locator('main form')
    .last()
    .evaluate((form: HTMLFormElement) => {
      form.noValidate = true
    })
  await press(name)
}

async function fillAddress(fields: Record<string, string>): Promise<void> {
  for (const [field, value] of Object.entries(fields)) await page.fill(`[id="address.${field}"]`, value)
}

describe('from the link to a confirmed order', () => {
  test('a link that does not fit leads to the page that mails a new one', async () => {
    const backer = await backerOf()
    const answer = await page.goto(`${world.program.url}/b/${world.campaign.id}/${backer.id}/${'x'.repeat(43)}`)
    expect(answer?.status()).toBe(404)
    expect(answer?.headers()).toMatchObject({
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'same-origin',
    })
    await expectSound()
    await follow('Mail me my link')
    expect(await heading()).toBe('Get your link by mail')
    await expectSound()
    await page.fill('#email', 'nobody@example.com')
    await press('Mail me my link')
    expect(await text()).toContain('If that address belongs to a pledge')
    await expectSound()
  })

  test('the whole path, with errors on the way', async () => {
    const backer = await backerOf()
    await page.goto(world.linkOf(backer))
    expect(new URL(page.url()).pathname).toBe(`/b/${world.campaign.id}/${backer.id}/start`)
    expect(await text()).toContain('$94.00 paid, of it $5.00 for shipping')
    await expectSound()
    await page.selectOption('#country', 'BR')
    await press('Save and continue')
    expect(await page.title()).toMatch(/^Error: /)
    expect(await page.locator(':focus').getAttribute('class')).toBe('error-summary')
    await page.selectOption('#country', 'PT')
    await press('Save and continue')

    expect(await heading()).toBe('Make it yours')
    await expectSound()
    await pressUnchecked('Save and continue')
    expect(await page.getByRole('alert').textContent()).toContain('Two things to put right')
    await expectSound()
    await page.getByRole('radio', { name: 'English' }).check()
    await page.getByRole('radio', { name: 'Blue' }).check()
    await press('Save and continue')

    expect(place()).toBe('addons')
    expect(await text()).toContain('Sold out')
    await page.getByLabel('How many: Leviathan expansion').selectOption('2')
    await page.getByLabel('How many: Neoprene playmat').selectOption('1')
    await press('Save and continue')
    expect(await page.getByRole('alert').textContent()).toContain('Choose an option of Neoprene playmat.')
    expect(await page.getByLabel('How many: Leviathan expansion').inputValue()).toBe('2')
    await expectSound()
    await page.getByLabel(/Which Neoprene playmat/).selectOption({ label: 'North Deep' })
    await press('Work out the total again')
    expect(await page.locator('.go-sum').textContent()).toBe('To pay so far$126.50')
    await press('Save and continue')

    expect(place()).toBe('address')
    await fillAddress({ name: 'Mei-Ling Okonkwo-Fairweather', line1: 'Rua das Flores 118', postcode: '405O-262', city: 'Porto' })
    await press('Save and continue')
    expect(await page.title()).toMatch(/^Check the address/)
    await expectSound()
    await fillAddress({ postcode: '4050-262' })
    await press('Save and continue')

    expect(place()).toBe('payment')
    expect(await text()).toContain('it cannot be locked without a payment method')
    await expectSound()
    await press('Go on without a payment method')

    expect(place()).toBe('review')
    expect(await text()).toMatch(/Leviathan expansion\s*2 at \$36\.00, added here\s*\$72\.00/)
    await expectSound()
    await press('Confirm my order')
    expect(await heading()).toBe('All set, Mei-Ling Okonkwo-Fairweather')
    expect(await text()).toContain('Confirmed.')
    await expectSound()
    const order = await world.parts.db
      .selectFrom('orders')
      .selectAll()
      .where('backer_id', '=', backer.id)
      .executeTakeFirstOrThrow()
    expect(order).toMatchObject({ status: 'open', balance_due: 12650, country: 'PT' })
  })

  test('leaving loses nothing: another browser goes on where this one stopped', async () => {
    const backer = await backerOf()
    await page.goto(world.linkOf(backer))
    await press('Save and continue')
    await page.getByRole('radio', { name: 'Deutsch' }).check()
    await page.getByRole('radio', { name: 'Red' }).check()
    await press('Save and continue')
    const elsewhere = await newPage()
    await elsewhere.goto(world.linkOf(backer))
    expect(new URL(elsewhere.url()).pathname).toMatch(/\/addons$/)
    await elsewhere.getByRole('link', { name: 'Back' }).click()
    expect(await elsewhere.getByRole('radio', { name: 'Deutsch' }).isChecked()).toBe(true)
    await elsewhere.context().close()
    await page.goBack()
    expect(await page.getByRole('radio', { name: 'Deutsch' }).isChecked()).toBe(true)
  })
})

describe('an order', () => {
  test('is changed while it is open, and says what a lock did not take over', async () => {
    const { campaign, parts } = world
    const backer = await backerOf({ name: 'عبد الرحمن بن خالد آل سعود' })
    const { order_id } = await inTransaction(parts, (tx) =>
      confirmSurvey(tx, campaign.staff, { campaign_id: campaign.id, backer_id: backer.id, data: captainAnswers(campaign) }),
    )
    await page.goto(world.linkOf(backer))
    expect(await page.locator('h1 bdi').textContent()).toBe('عبد الرحمن بن خالد آل سعود')
    await follow('Change choices')
    await page.getByRole('radio', { name: 'Deutsch' }).check()
    await press('Save and continue')
    expect(await heading()).toBe('Check your changes')
    await expectSound()
    await page.goto(world.linkOf(backer))
    expect(await text()).toContain('You have changes that are not confirmed.')
    await expectSound()
    await follow('Check and confirm them')
    await inTransaction(parts, (tx) =>
      transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [order_id] } }),
    )
    await press('Confirm my changes')
    expect(await page.title()).toMatch(/^Error: Your choices are locked/)
    expect(await text()).toContain('while this page was open')
    expect(await text()).toContain('Not taken over')
    await expectSound()
    await follow('Show my order')
    expect(await page.getByRole('link', { name: 'Change choices' }).count()).toBe(0)
    await press('I have seen it')
    await expectSound()

    await follow('Change address')
    await page.selectOption('[id="address.country"]', 'JP')
    await press('Show the form for this country')
    await expectSound()
    await page.selectOption('[id="address.country"]', 'PT')
    await press('Show the form for this country')
    await fillAddress({ line1: 'Rua das Flores 118', postcode: '4050-262', city: 'Porto' })
    await press('Save this address')
    expect(await text()).toContain('This address changes what you pay.')
    await expectSound()
    await press('Save this address and owe $16.50')
    expect(await text()).toContain('The address is saved.')
    expect(await text()).toContain('Rua das Flores 118')
  })

  test('that was canceled is shown as it is', async () => {
    const { campaign, parts } = world
    const backer = await backerOf()
    const { order_id } = await inTransaction(parts, (tx) =>
      confirmSurvey(tx, campaign.staff, { campaign_id: campaign.id, backer_id: backer.id, data: captainAnswers(campaign) }),
    )
    await inTransaction(parts, (tx) =>
      transitionOrders(tx, campaign.staff, {
        campaign_id: campaign.id,
        name: 'cancel',
        selection: { ids: [order_id] },
        reason: 'asked',
      }),
    )
    await page.goto(world.linkOf(backer))
    expect(await heading()).toBe('This order was canceled')
    await expectSound()
  })

  test('reads well at 320 px, with a long name, and in the dark', async () => {
    const { campaign, parts } = world
    const name = 'Donaudampfschifffahrtsgesellschaftskapitänswitwe von und zu Überlangenstein'
    const backer = await backerOf({ name })
    await inTransaction(parts, (tx) =>
      confirmSurvey(tx, campaign.staff, { campaign_id: campaign.id, backer_id: backer.id, data: captainAnswers(campaign) }),
    )
    const narrow = await newPage({ width: 320, height: 640 })
    await narrow.goto(world.linkOf(backer))
    expect(await problemsWithoutScript(narrow)).toEqual([])
    // Text at 200%: nothing is cut off or pushed sideways.
    const wider = await narrow.evaluate(() => {
      document.documentElement.style.fontSize = '200%'
      return document.documentElement.scrollWidth - window.innerWidth
    })
    expect(wider).toBe(0)
    await narrow.emulateMedia({ colorScheme: 'dark' })
    expect(await problemsWithoutScript(narrow, { colorScheme: 'dark' })).toEqual([])
    await narrow.context().close()
  })
})

describe('the secret of a link', () => {
  test('is answered alike by HEAD, and stays out of the log, the address and the Referer', async () => {
    const backer = await backerOf()
    const link = world.linkOf(backer)
    const head = await fetch(link, { method: 'HEAD', redirect: 'manual' })
    expect(head.status).toBe(303)
    expect(head.headers.get('set-cookie')).toContain(`_${backer.id}=`)
    const asked: string[] = []
    page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`))
    await page.goto(link)
    await press('Save and continue')
    page.removeAllListeners('request')
    const secret = link.split('/').at(-1) ?? ''
    expect(page.url()).not.toContain(secret)
    expect(asked.filter((one) => one.includes(secret))).toEqual([`${link} `])
    expect(world.program.output()).not.toContain(secret)
  })
})

describe('pledges that differ', () => {
  test('money without reward, digital things only, and surveys that are not open', async () => {
    const { levels } = world.campaign
    const none = await backerOf({ level_id: null, pledge_amount: 5000, pledge_minimum: 0, pledge_shipping: 0 })
    await page.goto(world.linkOf(none))
    expect(await text()).toContain('You have $50.00 to spend on add-ons.')
    await expectSound()
    const digital = await backerOf({ level_id: levels.pdf, pledge_amount: 900, pledge_minimum: 900, pledge_shipping: 0 })
    await page.goto(world.linkOf(digital))
    await press('Save and continue')
    await press('Save and continue')
    await press('Save and continue')
    expect(place()).toBe('review')
    expect(await page.locator('.steps').textContent()).toBe('Step 4 of 4: check')
    await press('Confirm my order')
    expect(await text()).not.toContain('Where it goes')
    for (const survey of ['not_sent', 'waiting', 'withdrawn'] as const) {
      await page.goto(world.linkOf(await backerOf({ survey })))
      expect(await page.getByRole('button').count()).toBe(0)
      await expectSound()
    }
  })
})

describe('staff', () => {
  test('see the survey of any level and country, and one backer’s, without being able to change anything', async () => {
    const { campaign, program } = world
    const preview = `${program.url}/campaigns/${campaign.id}/survey/preview`
    await page.goto(preview)
    expect(place()).toBe('sign-in')
    await page.fill('#email', owner.email)
    await page.fill('#password', owner.password)
    await press(/sign in/i)
    expect(await heading()).toBe('The survey, step by step')
    await expectSound()
    await page.selectOption('#level', campaign.levels.pdf)
    await page.selectOption('#country', 'JP')
    await press('Show this survey')
    expect(await text()).toContain('Rules as PDF')
    await expectSound()
    const backer = await backerOf({ name: 'Øystein Ångström' })
    await page.goto(`${program.url}/campaigns/${campaign.id}/backers/${backer.id}/view`)
    expect(await text()).toContain('As Øystein Ångström sees it.')
    await expectSound()
    const events = await world.parts.db.selectFrom('events').select('kind').where('backer_id', '=', backer.id).execute()
    expect(events).toEqual([{ kind: 'survey_viewed_by_staff' }])
    expect((await page.goto(`${program.url}/campaigns/${backer.id}/survey/preview`))?.status()).toBe(404)
  })
})
