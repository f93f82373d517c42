/** Why backers start where they start, before they change anything: a sentence for each code of `startingReason`. */
const SENTENCES: Readonly<Record<string, string>> = {
  as_pledged: 'The pledge paid for exactly what they get.',
  balanced_out: 'What the pledge holds above or below its parts comes to nothing.',
  bonus_not_spendable: 'Their bonus support stays a gift.',
  shipping_cheaper: 'They paid more shipping than it costs now; the rest is shown and not spent on goods.',
  bonus_support: 'Their bonus support may be spent here.',
  pledge_above: 'They pledged more than the level and add-ons cost.',
  no_reward: 'They pledged without a reward: the pledge is money to spend on add-ons.',
  dropped: 'The platform dropped their pledge, so they pay everything here.',
  pledge_below: 'They pledged less than the level and add-ons cost.',
  shipping_not_paid: 'The platform collected no shipping, so it is paid here.',
  other_country: 'It goes to another country than shipping was paid for.',
}

export function startingSentence(code: string): string {
  return SENTENCES[code] ?? code
}
