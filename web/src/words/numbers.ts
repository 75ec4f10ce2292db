// Numbers as the reader sees them: in the shop's currency and the reader's language, with a true minus sign, with a sign
// where they are changes.

export interface Locale {
    language: string | undefined;
    currency: string | null;
}

let locale: Locale = { language: undefined, currency: null };

export function setLocale(next: Locale): void {
    locale = next;
    numberFormats.clear();
    dayFormats.clear();
}

// A page formats some thousand values in a dozen ways, and to make a formatter takes far longer than to use it.
const numberFormats = new Map<string, Intl.NumberFormat>();
const dayFormats = new Map<string, Intl.DateTimeFormat>();

function once<T>(known: Map<string, T>, options: object, make: () => T): T {
    const key = JSON.stringify(options);
    let format = known.get(key);
    if (format === undefined) {
        format = make();
        known.set(key, format);
    }
    return format;
}

/** Loads what the first formatters of a process wait for, 30 ms long: the data of the language and of currencies. */
export function loadFormats(): void {
    new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', notation: 'compact' }).format(1);
    new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', month: 'short' }).format(0);
}

const numberFormat = (options: Intl.NumberFormatOptions): Intl.NumberFormat =>
    once(numberFormats, options, () => new Intl.NumberFormat(locale.language, options));

const dateFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    once(dayFormats, options, () => new Intl.DateTimeFormat(locale.language ?? 'en-GB', options));

function format(value: number, options: Intl.NumberFormatOptions): string {
    const plain = numberFormat(options).format(Math.abs(value));
    return value < 0 && /[1-9]/.test(plain) ? `−${plain}` : plain;
}

/** Minor digits of the shop's currency: 2 for USD, 0 for JPY. */
function digits(): number {
    if (locale.currency === null) {
        return 2;
    }
    return numberFormat({ style: 'currency', currency: locale.currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Money: whole from 1,000 up, else with the digits that the currency has; `fine` keeps them always. */
export function money(value: number, fine = false): string {
    const fraction = !fine && (value === 0 || Math.abs(value) >= 1000) ? 0 : digits();
    const options: Intl.NumberFormatOptions = { minimumFractionDigits: fraction, maximumFractionDigits: fraction };
    return locale.currency === null
        ? format(value, options)
        : format(value, { ...options, style: 'currency', currency: locale.currency, currencyDisplay: 'narrowSymbol' });
}

const LONG = 10; /* letters that a figure of the strip has place for */

/** A figure of the strip: as `byUnit`, in short form ("$10.8B") where it would be too long. */
export function figureText(value: number | null | undefined, unit: string): string {
    const words = byUnit(value, unit);
    if (words.length <= LONG || value === null || value === undefined || (unit !== 'money' && unit !== 'count')) {
        return words;
    }
    const options: Intl.NumberFormatOptions = { notation: 'compact', maximumSignificantDigits: 4 };
    return unit === 'money' && locale.currency !== null
        ? format(value, { ...options, style: 'currency', currency: locale.currency, currencyDisplay: 'narrowSymbol' })
        : format(value, options);
}

/** Money of a sentence or a small label: no cents. */
export function roundMoney(value: number): string {
    const options: Intl.NumberFormatOptions = { minimumFractionDigits: 0, maximumFractionDigits: 0 };
    return locale.currency === null
        ? format(value, options)
        : format(value, { ...options, style: 'currency', currency: locale.currency, currencyDisplay: 'narrowSymbol' });
}

/** Money on an axis: $24k. */
export function axisMoney(value: number): string {
    const options: Intl.NumberFormatOptions = {
        notation: 'compact',
        minimumFractionDigits: 0,
        maximumFractionDigits: 1,
    };
    const words =
        locale.currency === null
            ? format(value, options)
            : format(value, {
                  ...options,
                  style: 'currency',
                  currency: locale.currency,
                  currencyDisplay: 'narrowSymbol',
              });
    return words.replace('K', 'k');
}

export function count(value: number): string {
    return format(value, { maximumFractionDigits: 0 });
}

export function decimal(value: number, places = 2): string {
    return format(value, { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** A share as percent: one decimal under 10, none above; two under 3, where a tenth of a point counts. */
export function share(value: number, places?: number): string {
    const percent = Math.abs(value * 100);
    const fraction = places ?? (percent === 0 ? 0 : percent < 3 ? 2 : percent < 10 ? 1 : 0);
    return `${format(value * 100, { minimumFractionDigits: fraction, maximumFractionDigits: fraction })}%`;
}

export function days(value: number): string {
    const whole = Math.round(value);
    return `${count(whole)} ${whole === 1 ? 'day' : 'days'}`;
}

/** A value of an insight table or figure by its unit. */
export function byUnit(value: number | string | null | undefined, unit: string): string {
    if (value === null || value === undefined || value === '') {
        return '–';
    }
    if (typeof value === 'string') {
        return unit === 'date' ? dayText(value) : value;
    }
    switch (unit) {
        case 'money':
            return money(value);
        case 'count':
            return count(value);
        case 'share':
            return share(value);
        case 'days':
            return days(value);
        case 'number':
            return decimal(value);
        default:
            return String(value);
    }
}

const plus = (words: string, value: number): string => (value > 0 ? `+${words}` : words);

/** A change with its sign: +8.2 %, or points where the thing itself is a share. */
export function change(value: number): string {
    const percent = Math.abs(value) * 100;
    return plus(
        `${format(value * 100, { minimumFractionDigits: percent < 100 ? 1 : 0, maximumFractionDigits: percent < 100 ? 1 : 0 })}%`,
        value,
    );
}

export function points(value: number): string {
    const size = Math.abs(value) * 100;
    const places = size < 1 ? 2 : 1;
    return plus(`${format(value * 100, { minimumFractionDigits: places, maximumFractionDigits: places })} pts`, value);
}

/** The change of a plain number: "+0.03". */
export function difference(value: number): string {
    return plus(decimal(value), value);
}

export function moneyChange(value: number): string {
    return plus(roundMoney(value), value);
}

/** "120 – 520" */
export function range(low: string, high: string): string {
    return `${low} – ${high}`;
}

function parseDay(day: string): Date {
    return new Date(`${day.slice(0, 10)}T00:00:00Z`);
}

function dayFormat(day: string, options: Intl.DateTimeFormatOptions): string {
    const date = parseDay(day);
    return Number.isNaN(date.getTime()) ? day : dateFormat({ timeZone: 'UTC', ...options }).format(date);
}

/** 2 Nov 2025 */
export function dayText(day: string): string {
    return dayFormat(day, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** 2 Nov */
export function shortDay(day: string): string {
    return dayFormat(day, { day: 'numeric', month: 'short' });
}

/** Wednesday 19 November */
export function longDay(day: string): string {
    return dayFormat(day, { weekday: 'long', day: 'numeric', month: 'long' });
}

export function monthText(day: string): string {
    return dayFormat(day, { month: 'short' });
}

/** November */
export function longMonth(day: string): string {
    return dayFormat(day, { month: 'long' });
}

/** "2 Nov – 1 Dec 2025" of "2025-11-02..2025-12-01" */
export function spanText(span: string): string {
    const [from = '', until = ''] = span.split('..');
    if (until === '' || from === until) {
        return dayText(from);
    }
    return `${from.slice(0, 4) === until.slice(0, 4) ? shortDay(from) : dayText(from)} – ${dayText(until)}`;
}

/** The moment of a time as the server tells it (ISO, UTC): "14:20", with the day where it is another one. */
export function momentText(time: string, zone: string, now: string): string {
    const at = new Date(time.includes('T') ? time : `${time.replace(' ', 'T')}Z`);
    if (Number.isNaN(at.getTime())) {
        return time;
    }
    const clock = dateFormat({ timeZone: zone, hour: '2-digit', minute: '2-digit' });
    const day = dateFormat({ timeZone: zone, day: 'numeric', month: 'short', year: 'numeric' });
    return day.format(at) === day.format(new Date(now)) ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}
