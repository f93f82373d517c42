import { expect, test } from 'vitest'
import { freeCode } from './create-catalogue.ts'
import { joinHeaders } from './export-problems.ts'
import { isFileWithoutReward, levelNameOfFile } from './name-level.ts'

test.each([
  ['Kickstarter Backer Report - $59 - Aug 18 07am.csv', false, '$59'],
  ['Kickstarter Backer Report - $59 - Aug 18 07am (1).csv', false, '$59'],
  ['reports/Kickstarter Backer Report - Early - Bird - Aug 8 11pm.csv', true, 'Early - Bird'],
  ['Kickstarter Backer Report - Core Pledge.csv', false, 'Core Pledge'],
  ['Kickstarter Backer Report - All Rewards - Aug 18 07am.csv', false, null],
  ['Kickstarter Backer Report - Aug 18 07am.csv', false, null],
  ['Early Bird.csv', true, 'Early Bird'],
  ['Early Bird.csv', false, null],
  ['report.csv', false, null],
])('the level that %s names (in a zip: %s)', (name, inZip, level) => {
  expect(levelNameOfFile(name, inZip)).toBe(level)
})

test('a file of pledges without reward says so', () => {
  expect(isFileWithoutReward('Kickstarter Backer Report - No reward - Aug 18 07am.csv')).toBe(true)
  expect(isFileWithoutReward('Kickstarter Backer Report - $59 - Aug 18 07am.csv')).toBe(false)
})

test('codes of SKUs are made from names, and never twice', () => {
  const taken = new Set<string>(['CORE-GAME'])
  expect(['Core Game', 'Métal Coins | Set of 30', 'ゲーム', '!', 'x'.repeat(60)].map((name) => freeCode(name, taken))).toEqual([
    'CORE-GAME-2',
    'METAL-COINS-SET-OF-30',
    'ITEM',
    'ITEM-2',
    'X'.repeat(40),
  ])
})

test('headers of several files are joined where they stand', () => {
  expect(
    joinHeaders([
      ['a', 'b', 'z'],
      ['a', 'x', 'b', 'y', 'z', 'q'],
      ['n', 'z'],
    ]),
  ).toEqual(['n', 'a', 'x', 'b', 'y', 'z', 'q'])
})
