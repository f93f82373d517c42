import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSurveyBacker } from '../factories/survey-campaign.ts'
import { launchBrowser } from '../setup/browser.ts'
import { expectSoundAt } from './desk-sound.ts'
import { type DeskWorld, startDeskWorld } from './desk-world.ts'

/* What a creator sets up before surveys leave: the catalogue; and how they help one backer. */

let browser: Browser
let page: Page
let world: DeskWorld

beforeAll(async () => {
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(10_000)
  world = await startDeskWorld(page)
})

afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

const catalog = (rest = '') => `${world.program.url}/campaigns/${world.campaign.id}/catalog${rest}`

const expectSound = (name: string) =>
  expectSoundAt(page, name, [
    [1440, 'light'],
    [390, 'dark'],
    [320, 'light'],
  ])

const press = async (name: string) => {
  await page.getByRole('button', { name, exact: true }).last().click()
}
const note = (text: string) => page.getByText(text).first().waitFor()

describe('the catalogue', () => {
  test('shows items, levels, add-ons, shipping and questions', async () => {
    await page.goto(catalog())
    expect(await page.locator('main .sheet h2').allTextContents()).toEqual([
      'Items',
      'Pledge levels',
      'Add-ons',
      'Shipping',
      'Questions',
    ])
    await expectSound('catalog')
  })

  test('an item with options: what is wrong stands beside its row, then it is added', async () => {
    await page.goto(catalog('/items/new'))
    await page.fill('[name=name]', 'חולצה')
    await page.fill('[name="skus.0.option_name"]', 'Small')
    await page.fill('[name="skus.1.code"]', 'SHIRT-M')
    await press('Show more rows')
    await page.locator('[name="skus.5.code"]').waitFor()
    expect(await page.inputValue('[name="skus.1.code"]')).toBe('SHIRT-M')
    await press('Add this item')
    await note('Name each option: backers choose by it.')
    expect(await page.locator('[name="skus.1.option_name"]').getAttribute('aria-invalid')).toBe('true')
    await expectSound('item-refused')
    await page.fill('[name="skus.1.option_name"]', 'Medium')
    await page.fill('[name="skus.1.weight_g"]', '210')
    await press('Add this item')
    await note('The item “חולצה” is added.')
    await page.getByRole('link', { name: 'חולצה' }).click()
    await page.locator('[name="skus.1.remove"]').check()
    await press('Save this item')
    await note('The item “חולצה” is saved.')
    expect(await page.getByText('SHIRT-M').count()).toBe(0)
  })

  test('a level holds items; its price is said elsewhere', async () => {
    await page.goto(catalog())
    await page.getByRole('link', { name: 'Captain', exact: true }).click()
    await page.getByLabel('חולצה').fill('2')
    await expectSound('level')
    await press('Save this pledge level')
    await note('2 ×')
  })

  test('an add-on: price, limit, stock, contents', async () => {
    await page.goto(catalog('/addons/new'))
    await page.fill('[name=name]', 'A second shirt')
    await page.fill('[name=price]', 'twelve')
    await press('Add this add-on')
    await note('Enter an amount like 49.00.')
    expect(await page.title()).toMatch(/^Error: /)
    await page.fill('[name=price]', '12.50')
    await page.fill('[name=stock]', '40')
    await page.getByLabel('חולצה').fill('1')
    await expectSound('addon')
    await press('Add this add-on')
    await note('The add-on “A second shirt” is added.')
    expect(await page.getByRole('row', { name: /A second shirt/ }).textContent()).toContain('12.50')
  })

  test('a region takes names and codes, and no country twice', async () => {
    await page.goto(catalog('/shipping/new'))
    await page.fill('[name=name]', 'Near')
    await page.fill('[name=countries]', 'Austria, nl\nDE\nAtlantis')
    await press('Add this shipping region')
    await note('No country is called “Atlantis”.')
    await page.fill('[name=countries]', 'Austria, nl\nDE')
    await press('Add this shipping region')
    await note('DE stands in “Germany” already.')
    await page.fill('[name=countries]', 'Austria\nnl')
    await page.locator('[name^="level_fees."]').first().fill('9')
    await expectSound('region')
    await press('Add this shipping region')
    await note('Austria and Netherlands')
  })

  test('a question of one level, with choices', async () => {
    await page.goto(catalog('/questions/new'))
    await page.fill('[name=prompt]', 'Which sail?')
    await page.getByLabel('One of the choices below').check()
    await page.fill('[name=choices]', 'White')
    await press('Add this question')
    await note('Name at least two choices.')
    await page.fill('[name=choices]', 'White\nRed')
    await page.selectOption('[name=level_id]', { label: 'Captain' })
    await expectSound('question')
    await press('Add this question')
    await note('The question “Which sail?” is added.')
  })

  test('what is used stays, and says by what', async () => {
    await page.goto(catalog())
    await page.getByRole('link', { name: 'חולצה' }).click()
    await page.getByText('Delete it…').click()
    await press('Delete this item')
    await note('This item is part of “Captain”, “A second shirt”. Take it out there first.')
    await page.goto(catalog())
    await page.getByRole('link', { name: 'Which sail?' }).click()
    await page.getByText('Delete it…').click()
    await press('Delete this question')
    await note('The question is deleted.')
  })

  test('an entry that does not exist is not there', async () => {
    const answer = await page.goto(catalog('/items/0198a3c0-0000-7000-8000-000000000000'))
    expect(answer?.status()).toBe(404)
  })
})

describe('one backer', () => {
  const name = 'נועה בן־דוד עם שם ארוך מאוד שלא נגמר'
  let id: string
  const backers = (rest = '') => `${world.program.url}/campaigns/${world.campaign.id}/backers${rest}`

  beforeAll(async () => {
    const email = 'noa@example.com'
    id = (await makeSurveyBacker(world.parts, world.campaign, { name, email, platform_number: 41 })).id
    await makeSurveyBacker(world.parts, world.campaign, { name: 'Ada', platform_number: 42, survey: 'waiting' })
    await makeSurveyBacker(world.parts, world.campaign, { name: 'Bo', platform_number: 43, email_state: 'bounced' })
  })

  test('stands in the list, which can be narrowed, and leads a selection to a mailing', async () => {
    await page.goto(backers())
    await expectSound('backers')
    await page.goto(backers('?q=noa'))
    expect(await page.locator('tbody tr').count()).toBe(1)
    await page.waitForLoadState('networkidle')
    await page.locator('[data-select-row]').check()
    await page.getByRole('button', { name: 'Remind…' }).click()
    await page.waitForURL((url) => url.pathname.endsWith('/survey/remind') && url.searchParams.get('id') === id)
    await note('1 backer gets a mail')
    await page.goto(backers('?q=nobody'))
    await note('No backer matches')
  })

  test('the link is shown on request, which the timeline tells, mailed again, and made void', async () => {
    await page.goto(backers(`/${id}`))
    await expectSound('backer')
    await press('Show the link')
    const link = (await page.locator('.copy code').textContent()) ?? ''
    expect(link).toContain(`/b/${world.campaign.id}/${id}/`)
    await press('Mail the link again')
    await note('The link is on its way.')
    await page.getByText('Make the link void…').click()
    await press('Make every link void')
    await note('Every link this backer was given is void.')
    expect((await fetch(link, { redirect: 'manual' })).status).not.toBe(303)
    const kinds = await world.parts.db.selectFrom('events').select('kind').where('backer_id', '=', id).orderBy('seq').execute()
    expect(kinds.map(({ kind }) => kind)).toEqual(['link_shown', 'link_resent', 'link_revoked'])
  })

  test('name, mail and note', async () => {
    await page.fill('[name=email]', 'noa at example')
    await press('Save name and mail')
    await note('Enter a mail address like ada@example.com')
    await page.fill('[name=email]', 'noa@lanternfish.example')
    await page.fill('#reason-contact', 'asked by phone')
    await press('Save name and mail')
    await note('Name and mail are saved.')
    await note('asked by phone')
    await page.fill('[name=note]', 'Prefers a call')
    await press('Save the note')
    await note('The note is saved.')
  })

  test('the survey is filled in for them, with the total agreed to and a reason', async () => {
    await page.goto(backers(`/${id}/answers`))
    await press('Confirm the survey for them')
    await note('Say why.')
    await expectSound('answers-refused')
    await page.getByRole('radio', { name: 'English' }).check()
    await page.getByRole('radio', { name: 'Red' }).check()
    await page.getByLabel('Leviathan expansion').fill('1')
    await page.fill('[name="address.line1"]', 'Musterstraße 7')
    await page.fill('[name="address.city"]', 'Berlin')
    await page.fill('[name="address.postcode"]', '10115')
    await page.fill('[name=reason]', 'asked by phone')
    await press('Confirm the survey for them')
    await note('The price changed since you looked.')
    await page.locator('.ledger-due', { hasText: '$36.00' }).waitFor()
    await expectSound('answers')
    await press('Confirm the survey for them')
    await page.waitForURL('**/orders/*?saved=answers')
  })

  test('while it is open the order is changed the same way; another one meanwhile is refused', async () => {
    await page.goto(backers(`/${id}/answers`))
    await world.parts.db.updateTable('orders').set({ version: 7 }).where('backer_id', '=', id).execute()
    await page.getByRole('radio', { name: 'Blue' }).check()
    await page.fill('[name=reason]', 'likes blue')
    await press('Change order 1')
    await note('This order was changed meanwhile.')
    await world.parts.db.updateTable('orders').set({ version: 1 }).where('backer_id', '=', id).execute()
    await page.getByRole('link', { name: 'Load it as it is now' }).click()
    await page.getByRole('radio', { name: 'Blue' }).check()
    await page.fill('[name=reason]', 'likes blue')
    await press('Change order 1')
    await page.waitForURL('**/orders/*?saved=answers')
    await page.goto(backers(`/${id}`))
    await note('likes blue')
    await expectSound('backer-answered')
  })

  test('a pledge that waits is decided about; one without an order is withdrawn, with a reason', async () => {
    await page.goto(backers('?survey=waiting'))
    await page.locator('tbody a.row-link').click()
    await page.getByRole('button', { name: 'Decide about this pledge' }).click()
    await note('Say why.')
    await expectSound('backer-waiting')
    await page.fill('#reason-decide', 'paid by transfer')
    await press('Decide about this pledge')
    await note('The decision is saved.')
    await page.getByText('Withdraw it…').click()
    await page.fill('#reason-withdraw', 'asked for the money back')
    await press('Withdraw this pledge')
    await note('The pledge is withdrawn.')
    await page.goto(page.url().replace(/\?.*/, '/answers'))
    await note('The pledge was withdrawn.')
  })
})

describe('mails', () => {
  const at = (rest: string) => `${world.program.url}/campaigns/${world.campaign.id}/${rest}`

  test('are listed with their state, and each is readable in the mailbox, with a working link', async () => {
    const sent = () => world.parts.db.selectFrom('messages').select('id').where('state', '=', 'sent').execute()
    await expect.poll(async () => (await sent()).length, { timeout: 30_000 }).toBeGreaterThan(1)
    await page.goto(at('messages'))
    await expectSound('messages')
    await page.getByRole('link', { name: 'Open the mailbox' }).click()
    await note('Their links work.')
    await expectSound('mailbox')
    await page.locator('tbody a.row-link').first().click()
    const link = await page.getByRole('link', { name: 'Open its link' }).getAttribute('href')
    expect((await fetch(link ?? '', { redirect: 'manual' })).status).toBe(303)
    await page.frameLocator('iframe').locator('h1').waitFor()
    await expectSound('mail')
  })
})
