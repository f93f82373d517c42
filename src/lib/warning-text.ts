/** What to know before an act that is possible all the same. */
export function warningSentence(code: string): string {
  return SENTENCES[code] ?? code
}

const SENTENCES: Readonly<Record<string, string>> = {
  change_requests_open:
    'Some of these backers asked for another address and wait for your answer. What ships now goes to the old one, and their requests are closed.',
  before_lockdown_date:
    'Backers were told a lockdown date that is still to come, and you lock without notice. Some may still want to change something.',
  no_lockdown_date: 'Backers were never told a lockdown date, and you lock without notice. A notice tells them 48 hours ahead.',
}
