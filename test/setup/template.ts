/** The migrated database of which every test file gets a clone. */
export const templateDatabase = 'afterfund_template'
