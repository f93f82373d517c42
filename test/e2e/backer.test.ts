import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { captainAnswers, makeSurveyBacker } from '../factories/survey-campaign.ts'
import { launchBrowser } from '../setup/browser.ts'
import { problemsWithoutScript } from '../setup/page-checks.ts'
import { type Phone, phoneOf } from './backer-phone.ts'
import { type BackerWorld, owner, startBackerWorld } from './backer-world.ts'

/* The backer's path in a browser whose scripts are switched off, on a phone's width, with axe on each page. */

let world: BackerWorld
let browser: Browser
let page: Page
let phone: Phone

beforeAll(async () => {
  world = await startBackerWorld()
  browser = await launchBrowser()
  page = await newPage()
  phone = phoneOf(page)
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
    await phone.expectSound()
    await phone.follow('Mail me my link')
    expect(await phone.heading()).toBe('Get your link by mail')
    await phone.expectSound()
    await page.fill('#email', 'nobody@example.com')
    await phone.press('Mail me my link')
    expect(await phone.text()).toContain('If that address belongs to a pledge')
    await phone.expectSound()
  })

  test('the whole path, with errors on the way', async () => {
    const backer = await backerOf()
    await page.goto(world.linkOf(backer))
    expect(new URL(page.url()).pathname).toBe(`/b/${world.campaign.id}/${backer.id}/start`)
    expect(await phone.text()).toContain('$94.00 paid, of it $5.00 for shipping')
    await phone.expectSound()
    await page.selectOption('#country', 'BR')
    await phone.press('Save and continue')
    expect(await page.title()).toMatch(/^Error: /)
    expect(await page.locator(':focus').getAttribute('class')).toBe('error-summary')
    await page.selectOption('#country', 'PT')
    await phone.press('Save and continue')

    expect(await phone.heading()).toBe('Make it yours')
    await phone.expectSound()
    await phone.press('Save and continue')
    expect(await page.getByRole('alert').textContent()).toContain('Two things to put right')
    await phone.expectSound()
    await page.getByRole('radio', { name: 'English' }).check()
    await page.getByRole('radio', { name: 'Blue' }).check()
    await phone.press('Save and continue')

    expect(phone.place()).toBe('addons')
    expect(await phone.text()).toContain('Sold out')
    await page.getByLabel('How many: Leviathan expansion').selectOption('2')
    await page.getByLabel('How many: Neoprene playmat').selectOption('1')
    await phone.press('Save and continue')
    expect(await page.getByRole('alert').textContent()).toContain('Choose an option of Neoprene playmat.')
    expect(await page.getByLabel('How many: Leviathan expansion').inputValue()).toBe('2')
    await phone.expectSound()
    await page.getByLabel(/Which Neoprene playmat/).selectOption({ label: 'North Deep' })
    await phone.press('Update the total')
    expect(await page.locator('.go-sum').textContent()).toContain('To pay so far$126.50')
    await phone.press('Save and continue')

    expect(phone.place()).toBe('address')
    await phone.fillAddress({
      name: 'Mei-Ling Okonkwo-Fairweather',
      line1: 'Rua das Flores 118',
      postcode: '405O-262',
      city: 'Porto',
    })
    await phone.press('Save and continue')
    expect(await page.title()).toMatch(/^Check the address/)
    await phone.expectSound()
    await phone.fillAddress({ postcode: '4050-262' })
    await phone.press('Save and continue')

    expect(phone.place()).toBe('payment')
    expect(await phone.text()).toContain('it cannot be locked without a card')
    expect(await phone.text()).toContain('you allow Lanternfish Games to charge it for this order')
    await phone.expectSound()
    await phone.press('Add a card')
    expect(new URL(page.url()).pathname).toMatch(/^\/gateway\/checkout\/cs_test_/)
    await phone.follow('Back without saving')
    expect(await phone.text()).toContain('No card was entered.')
    await phone.expectSound()
    await phone.press('Add a card')
    await phone.press('Save card')
    expect(phone.place()).toBe('payment')
    expect(await phone.text()).toContain('Visa ending 4242')
    await phone.expectSound()
    await phone.press('Save and continue')

    expect(phone.place()).toBe('review')
    expect(await phone.text()).toContain('$126.50 is charged to Visa ending 4242 after your order is locked.')
    expect(await phone.text()).toMatch(/Leviathan expansion\s*2 at \$36\.00, added here\s*\$72\.00/)
    await phone.expectSound()
    await phone.press('Confirm my order')
    expect(await phone.heading()).toBe('All set, Mei-Ling Okonkwo-Fairweather')
    expect(await phone.text()).toContain('Confirmed.')
    await phone.expectSound()
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
    await phone.press('Save and continue')
    await page.getByRole('radio', { name: 'Deutsch' }).check()
    await page.getByRole('radio', { name: 'Red' }).check()
    await phone.press('Save and continue')
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
    await phone.follow('Change choices')
    await page.getByRole('radio', { name: 'Deutsch' }).check()
    await phone.press('Save and continue')
    expect(await phone.heading()).toBe('Check your changes')
    await phone.expectSound()
    await page.goto(world.linkOf(backer))
    expect(await phone.text()).toContain('You have changes that are not confirmed.')
    await phone.expectSound()
    await phone.follow('Check and confirm them')
    await inTransaction(parts, (tx) =>
      transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [order_id] } }),
    )
    await phone.press('Confirm my changes')
    expect(await page.title()).toMatch(/^Error: Your choices are locked/)
    expect(await phone.text()).toContain('while this page was open')
    expect(await phone.text()).toContain('Too late: these changes are not in your order')
    await phone.expectSound()
    await phone.follow('Show my order')
    expect(await page.getByRole('link', { name: 'Change choices' }).count()).toBe(0)
    await phone.press('Put this note away')
    await phone.expectSound()

    await phone.follow('Change address')
    await phone.changeCountry('JP')
    await phone.expectSound()
    await phone.changeCountry('PT')
    await phone.fillAddress({ line1: 'Rua das Flores 118', postcode: '4050-262', city: 'Porto' })
    await phone.press('Save this address')
    expect(await phone.heading()).toBe('This address changes what you pay')
    expect(await phone.text()).toContain('Rua das Flores 118')
    await phone.expectSound()
    await phone.press('Save this address and owe $16.50')
    expect(await phone.text()).toContain('The address is saved.')
    expect(await phone.text()).toContain('Rua das Flores 118')
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
    expect(await phone.heading()).toBe('This order was canceled')
    await phone.expectSound()
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
    await phone.press('Save and continue')
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
    expect(await phone.text()).toContain('You have $50.00 to spend on add-ons.')
    await phone.expectSound()
    const digital = await backerOf({ level_id: levels.pdf, pledge_amount: 900, pledge_minimum: 900, pledge_shipping: 0 })
    await page.goto(world.linkOf(digital))
    await phone.press('Save and continue')
    await phone.press('Save and continue')
    await phone.press('Save and continue')
    expect(phone.place()).toBe('review')
    expect(await page.locator('.steps').textContent()).toBe('Step 4 of 4: check')
    await phone.press('Confirm my order')
    expect(await phone.text()).not.toContain('Where it goes')
    for (const survey of ['not_sent', 'waiting', 'withdrawn'] as const) {
      await page.goto(world.linkOf(await backerOf({ survey })))
      expect(await page.getByRole('button').count()).toBe(0)
      await phone.expectSound()
    }
  })
})

describe('staff', () => {
  test('see the survey of any level and country, and one backer’s, without being able to change anything', async () => {
    const { campaign, program } = world
    const preview = `${program.url}/campaigns/${campaign.id}/survey/preview`
    await page.goto(preview)
    expect(phone.place()).toBe('sign-in')
    await page.fill('#email', owner.email)
    await page.fill('#password', owner.password)
    await phone.press(/sign in/i)
    expect(await phone.heading()).toBe('The survey, step by step')
    await phone.expectSound()
    await page.selectOption('#level', campaign.levels.pdf)
    await page.selectOption('#country', 'JP')
    await phone.press('Show this survey')
    expect(await phone.text()).toContain('Rules as PDF')
    await phone.expectSound()
    const backer = await backerOf({ name: 'Øystein Ångström' })
    await page.goto(`${program.url}/campaigns/${campaign.id}/backers/${backer.id}/view`)
    expect(await phone.text()).toContain('As Øystein Ångström sees it.')
    await phone.expectSound()
    const events = await world.parts.db.selectFrom('events').select('kind').where('backer_id', '=', backer.id).execute()
    expect(events).toEqual([{ kind: 'survey_viewed_by_staff' }])
    expect((await page.goto(`${program.url}/campaigns/${backer.id}/survey/preview`))?.status()).toBe(404)
    expect(await phone.heading()).toBe('There is nothing here')
  })
})
