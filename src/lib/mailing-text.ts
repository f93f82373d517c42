/** Why no mail can leave now, and the way out. */
export function mailingRefusalSentence(code: 'prices_not_saved' | 'smtp_missing'): string {
  return code === 'prices_not_saved'
    ? 'Say first what the pledge paid for; without it nobody knows what a backer owes.'
    : 'This is a live campaign and no mail server is set up, so no mail would arrive. Start the program with SMTP_URL.'
}
