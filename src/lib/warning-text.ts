/** What to know before an act that is possible all the same. */
export function warningSentence(code: string): string {
  return SENTENCES[code] ?? code
}

const SENTENCES: Readonly<Record<string, string>> = {
  before_lockdown_date:
    'Backers were told a lockdown date that is still to come, and you lock without notice. Some may still want to change something.',
  no_lockdown_date: 'Backers were never told a lockdown date, and you lock without notice. A notice tells them 48 hours ahead.',
}
