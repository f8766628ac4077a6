import { describe, expect, it } from 'vitest';
import type { Language } from '../../../../gateway/core/flow/flow-types.js';
import { readerFor } from '../../../../gateway/core/flow/readers/reader-for.js';

const sv = readerFor('sv');
const nb = readerFor('nb');
const en = readerFor('en');

describe('cardinal numbers', () => {
  it.each<[number, string, string, string]>([
    [0, 'noll', 'null', 'zero'],
    [1, 'ett', 'en', 'one'],
    [2, 'två', 'to', 'two'],
    [7, 'sju', 'sju', 'seven'],
    [8, 'åtta', 'åtte', 'eight'],
    [11, 'elva', 'elleve', 'eleven'],
    [14, 'fjorton', 'fjorten', 'fourteen'],
    [18, 'arton', 'atten', 'eighteen'],
    [20, 'tjugo', 'tjue', 'twenty'],
    [21, 'tjugoett', 'tjueen', 'twenty-one'],
    [30, 'trettio', 'tretti', 'thirty'],
    [47, 'fyrtiosju', 'førtisju', 'forty-seven'],
    [99, 'nittionio', 'nittini', 'ninety-nine'],
    [100, 'etthundra', 'ett hundre', 'one hundred'],
    [101, 'etthundraett', 'ett hundre og en', 'one hundred and one'],
    [115, 'etthundrafemton', 'ett hundre og femten', 'one hundred and fifteen'],
    [250, 'tvåhundrafemtio', 'to hundre og femti', 'two hundred and fifty'],
    [999, 'niohundranittionio', 'ni hundre og nittini', 'nine hundred and ninety-nine'],
    [1_000, 'ettusen', 'ett tusen', 'one thousand'],
    [1_001, 'ettusen ett', 'ett tusen og en', 'one thousand and one'],
    [1_100, 'ettusen etthundra', 'ett tusen ett hundre', 'one thousand one hundred'],
    [1_249, 'ettusen tvåhundrafyrtionio', 'ett tusen to hundre og førtini', 'one thousand two hundred and forty-nine'],
    [2_005, 'tvåtusen fem', 'to tusen og fem', 'two thousand and five'],
    [12_900, 'tolvtusen niohundra', 'tolv tusen ni hundre', 'twelve thousand nine hundred'],
    [21_000, 'tjugoettusen', 'tjueett tusen', 'twenty-one thousand'],
    [101_000, 'etthundraettusen', 'ett hundre og ett tusen', 'one hundred and one thousand'],
    [1_000_000, 'en miljon', 'en million', 'one million'],
    [1_000_015, 'en miljon femton', 'en million og femten', 'one million and fifteen'],
    [3_200_000, 'tre miljoner tvåhundratusen', 'tre millioner to hundre tusen', 'three million two hundred thousand'],
    [2_000_000_000, 'två miljarder', 'to milliarder', 'two billion'],
    [-5, 'minus fem', 'minus fem', 'minus five'],
  ])('%d', (value, swedish, norwegian, english) => {
    expect([sv.cardinal(value), nb.cardinal(value), en.cardinal(value)]).toEqual([swedish, norwegian, english]);
  });

  it('follows the gender of what is counted', () => {
    expect([sv.cardinal(1, 'common'), sv.cardinal(21, 'common'), sv.cardinal(101, 'common')]).toEqual(['en', 'tjugoen', 'etthundraen']);
    expect([nb.cardinal(1, 'neuter'), nb.cardinal(21, 'neuter')]).toEqual(['ett', 'tjueett']);
  });

  it('never leaves a number without words', () => {
    for (const language of ['sv', 'nb', 'en'] as const) {
      for (let value = 0; value <= 3_000; value++) expect(readerFor(language).cardinal(value)).toMatch(/^[a-zåäöæø -]+$/);
    }
  });

  it('says different numbers differently', () => {
    for (const language of ['sv', 'nb', 'en'] as const) {
      const words = new Set(Array.from({ length: 25_000 }, (_, value) => readerFor(language).cardinal(value)));
      expect(words.size).toBe(25_000);
    }
  });
});

describe('digits one by one', () => {
  it.each<[Language, string, string]>([
    ['sv', '7', 'sju'],
    ['sv', '471100', 'fyra sju ett, ett noll noll'],
    ['sv', '4711', 'fyra sju, ett ett'],
    ['sv', '12345', 'ett två tre, fyra fem'],
    ['sv', '1234567', 'ett två tre, fyra fem, sex sju'],
    ['nb', '90123', 'ni null en, to tre'],
    ['en', '471100', 'four seven one, one zero zero'],
    ['en', '47-11 00', 'four seven one, one zero zero'],
    ['en', 'A', ''],
  ])('%s %s', (language, text, words) => {
    expect(readerFor(language).digits(text)).toBe(words);
  });
});

describe('amounts', () => {
  it.each<[number, string, string, string, string]>([
    [0, 'SEK', 'noll kronor', 'null svenske kroner', 'zero Swedish kronor'],
    [100, 'SEK', 'en krona', 'en svensk krone', 'one Swedish krona'],
    [2_100, 'SEK', 'tjugoen kronor', 'tjueen svenske kroner', 'twenty-one Swedish kronor'],
    [124_950, 'SEK', 'ettusen tvåhundrafyrtionio kronor och femtio öre', 'ett tusen to hundre og førtini svenske kroner og femti øre', 'one thousand two hundred and forty-nine Swedish kronor and fifty öre'],
    [1, 'SEK', 'ett öre', 'ett øre', 'one öre'],
    [187_500, 'NOK', 'ettusen åttahundrasjuttiofem norska kronor', 'ett tusen åtte hundre og syttifem kroner', 'one thousand eight hundred and seventy-five Norwegian kroner'],
    [100, 'NOK', 'en norsk krona', 'en krone', 'one Norwegian krone'],
    [101, 'EUR', 'en euro och en cent', 'en euro og en cent', 'one euro and one cent'],
    [250, 'EUR', 'två euro och femtio cent', 'to euro og femti cent', 'two euros and fifty cents'],
    [8_420, 'GBP', 'åttiofyra pund och tjugo pence', 'åttifire pund og tjue pence', 'eighty-four pounds and twenty pence'],
    [101, 'GBP', 'ett pund och en penny', 'ett pund og en penny', 'one pound and one penny'],
    [-500, 'SEK', 'minus fem kronor', 'minus fem svenske kroner', 'minus five Swedish kronor'],
  ])('%d hundredths of %s', (minor, currency, swedish, norwegian, english) => {
    expect([sv.amount(minor, currency), nb.amount(minor, currency), en.amount(minor, currency)]).toEqual([swedish, norwegian, english]);
  });

  it('spells a currency that has no words', () => {
    expect(en.amount(1_200, 'CHF')).toBe('twelve C H F');
  });
});

describe('dates', () => {
  it.each<[string, string, string, string]>([
    ['2026-12-15', 'den femtonde december', 'den femtende desember', 'the fifteenth of December'],
    ['2027-01-01', 'den första januari', 'den første januar', 'the first of January'],
    ['2026-03-03', 'den tredje mars', 'den tredje mars', 'the third of March'],
    ['2026-05-22', 'den tjugoandra maj', 'den tjueandre mai', 'the twenty-second of May'],
    ['2026-10-31', 'den trettioförsta oktober', 'den trettiførste oktober', 'the thirty-first of October'],
  ])('%s', (iso, swedish, norwegian, english) => {
    const [year = 0, month = 0, day = 0] = iso.split('-').map(Number);
    const date = { year, month, day };
    expect([sv.date(date, false), nb.date(date, false), en.date(date, false)]).toEqual([swedish, norwegian, english]);
  });

  it.each<[number, string, string, string]>([
    [2026, 'tjugohundratjugosex', 'tjue tjueseks', 'twenty twenty-six'],
    [2000, 'tvåtusen', 'to tusen', 'two thousand'],
    [2005, 'tvåtusenfem', 'to tusen og fem', 'two thousand and five'],
    [1984, 'nittonhundraåttiofyra', 'nitten hundre og åttifire', 'nineteen eighty-four'],
    [1905, 'nittonhundrafem', 'nitten hundre og fem', 'nineteen oh five'],
  ])('with the year %d', (year, swedish, norwegian, english) => {
    const date = { year, month: 1, day: 2 };
    expect([sv.date(date, true), nb.date(date, true), en.date(date, true)]).toEqual([`den andra januari ${swedish}`, `den andre januar ${norwegian}`, `the second of January ${english}`]);
  });

  it('has a word for every day and month', () => {
    for (const language of ['sv', 'nb', 'en'] as const) {
      const words = new Set(Array.from({ length: 12 * 31 }, (_, index) => readerFor(language).date({ year: 2026, month: 1 + Math.floor(index / 31), day: 1 + (index % 31) }, false)));
      expect(words.size).toBe(12 * 31);
      for (const text of words) expect(text.trim().split(/\s+/).length).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('waits', () => {
  it.each<[number, string, string, string]>([
    [0, 'mindre än en minut', 'mindre enn ett minutt', 'less than a minute'],
    [1, 'en minut', 'ett minutt', 'one minute'],
    [2, 'två minuter', 'to minutter', 'two minutes'],
    [21, 'tjugoen minuter', 'tjueett minutter', 'twenty-one minutes'],
    [60, 'en timme', 'en time', 'one hour'],
    [61, 'en timme och en minut', 'en time og ett minutt', 'one hour and one minute'],
    [125, 'två timmar och fem minuter', 'to timer og fem minutter', 'two hours and five minutes'],
  ])('%d minutes', (minutes, swedish, norwegian, english) => {
    expect([sv.wait(minutes), nb.wait(minutes), en.wait(minutes)]).toEqual([swedish, norwegian, english]);
  });
});
