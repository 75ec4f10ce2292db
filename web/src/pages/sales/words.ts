// What the page says of sales: rules over the figures, without a part of the page, so that tests can ask them.
import type { Figure, Row } from '../../data/document';
import { num, text } from '../../data/document';
import { course, FEW_ORDERS, listing, sizeText, type Course } from '../../words/findings';
import { count, decimal, money, moneyChange, roundMoney, share, shortDay } from '../../words/numbers';
import { difference, leadOpened } from '../../words/running';

/** "Yes, by $1,670. The lead opened on 17 November." */
export function aheadFinding(
    rows: readonly Row[],
    revenue: Figure | undefined,
    orders: Figure | undefined,
    compared: boolean,
): string {
    const now = revenue?.value ?? 0;
    if (!compared || revenue?.before == null) {
        return `${roundMoney(now)} so far, ${roundMoney(now / Math.max(1, rows.length))} a day`;
    }
    const by = now - revenue.before;
    if (Math.min(orders?.value ?? 0, orders?.before ?? 0) < FEW_ORDERS) {
        return `${roundMoney(now)}, after ${roundMoney(revenue.before)}; so few orders say little`;
    }
    const way = course(revenue);
    if (way === 'same' || way === 'unknown') {
        return `About level: ${moneyChange(by)}, no more than days vary by chance`;
    }
    const opened = leadOpened(rows);
    const since =
        opened === null
            ? ''
            : opened.index <= 1
              ? ` ${by > 0 ? 'Ahead' : 'Behind'} from the first days on`
              : ` ${by > 0 ? 'The lead opened' : 'It fell behind'} on ${shortDay(text(rows[opened.index], 'day'))}`;
    return `${by > 0 ? 'Yes' : 'No'}, ${by > 0 ? 'by' : 'behind by'} ${roundMoney(Math.abs(by))}.${since}`;
}

/** How a step of the bridge is called where it adds and where it takes. */
const STEPS: Record<string, { name: string; more: string; less: string }> = {
    customers: { name: 'Customers', more: 'more customers', less: 'fewer customers' },
    'orders each': { name: 'Orders\neach', more: 'more orders a customer', less: 'fewer orders a customer' },
    'items an order': { name: 'Items\nan order', more: 'fuller baskets', less: 'smaller baskets' },
    'price and mix': { name: 'Price\nand mix', more: 'dearer goods', less: 'cheaper goods' },
    discounts: { name: 'Discounts', more: 'less discount', less: 'more discount' },
    returns: { name: 'Sent\nback', more: 'fewer goods sent back', less: 'more goods sent back' },
};

export function stepName(factor: string): string {
    return STEPS[factor]?.name ?? factor;
}

export function stepWords(row: Row): string {
    const step = STEPS[text(row, 'factor')];
    return step === undefined ? text(row, 'factor') : (num(row, 'contribution') ?? 0) >= 0 ? step.more : step.less;
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** The steps that go one way, largest first, as many as make three quarters of that way; two at most. */
export function mainSteps(rows: readonly Row[], sign: number): { names: string[]; money: number } {
    const steps = rows
        .map((row) => ({ row, part: num(row, 'contribution') ?? 0 }))
        .filter((s) => Math.sign(s.part) === sign)
        .sort((a, b) => Math.abs(b.part) - Math.abs(a.part));
    const all = steps.reduce((sum, s) => sum + s.part, 0);
    const first = steps[0]?.part ?? 0;
    const named = steps.slice(0, Math.abs(first) >= 0.75 * Math.abs(all) ? 1 : 2);
    return { names: named.map((s) => stepWords(s.row)), money: all };
}

/** "Customers and fuller baskets added more than prices took" */
export function bridgeFinding(rows: readonly Row[], before: number): string {
    const up = mainSteps(rows, 1);
    const down = mainSteps(rows, -1);
    const total = up.money + down.money;
    const [more, less] = total >= 0 ? [up, down] : [down, up];
    const [did, undid] = total >= 0 ? ['added', 'took'] : ['took', 'added'];
    if (Math.max(up.money, -down.money) < 0.02 * Math.abs(before)) {
        return 'Neither volume nor price moved much';
    }
    if (less.names.length === 0 || Math.abs(less.money) < 0.1 * Math.abs(more.money)) {
        return `${capital(listing(more.names))} explain nearly all of the ${total >= 0 ? 'rise' : 'fall'}`;
    }
    return Math.abs(total) < 0.02 * Math.abs(before)
        ? `${capital(listing(more.names))} and ${listing(less.names)} about even out`
        : `${capital(listing(more.names))} ${did} more than ${listing(less.names)} ${undid}`;
}

/** The sentence for the step that moved most, with its figure in the accent. */
function stepSentence(row: Row, discount: Figure | undefined): string {
    const [now, before] = [num(row, 'now'), num(row, 'before')];
    const more = (num(row, 'contribution') ?? 0) >= 0;
    const from = (write: (v: number) => string, unit: string): string =>
        now === null || before === null
            ? ''
            : `: *${write(now)}${unit}*, ${now >= before ? 'up' : 'down'} from ${write(before)}`;
    switch (text(row, 'factor')) {
        case 'customers':
            return `${more ? 'More' : 'Fewer'} people bought${from(count, '')}.`;
        case 'orders each':
            return `Customers ordered ${more ? 'more' : 'less'} often${from((v) => decimal(v), ' orders each')}.`;
        case 'items an order':
            return `Baskets got ${more ? 'fuller' : 'smaller'}${from((v) => decimal(v), ' items an order')}.`;
        case 'price and mix':
            return `${more ? 'Dearer' : 'Cheaper'} goods were bought${from((v) => money(v, true), ' an item')}.`;
        case 'discounts':
            return discount?.value == null
                ? `${more ? 'Less' : 'More'} was given as discount.`
                : `${more ? 'Less' : 'More'} was given as discount: *${share(discount.value)}* of sales.`;
        default:
            return `${more ? 'Fewer' : 'More'} goods were *sent back*.`;
    }
}

const USUAL = 0.05; /* change up to which a period is called usual */

const WAYS: Partial<Record<Course, string>> = { up: 'rise', down: 'fall' };

/** What happened to revenue, and which step of volume or price did it. */
export function salesSentence(
    revenue: Figure | undefined,
    orders: Figure | undefined,
    bridge: readonly Row[],
    discount: Figure | undefined,
): string {
    if (revenue?.value == null) {
        return 'Nothing was sold in the period.';
    }
    const words = `*${roundMoney(revenue.value)}*`;
    if (revenue.before === null || revenue.change === null) {
        return `${words} came in from ${count(orders?.value ?? 0)} orders.`;
    }
    if (Math.min(orders?.value ?? 0, orders?.before ?? 0) < FEW_ORDERS) {
        return `${words} came in, after ${roundMoney(revenue.before)}. So few orders say little.`;
    }
    const way = course(revenue);
    const change = revenue.value - revenue.before;
    const noun = WAYS[way];
    if (noun === undefined) {
        return Math.abs(revenue.change) <= USUAL
            ? `A usual period: ${words}, within ${sizeText(revenue.change)} of the comparison.`
            : `${words} came in, after ${roundMoney(revenue.before)}. Days vary by as much.`;
    }
    const first = bridge
        .filter((row) => Math.sign(num(row, 'contribution') ?? 0) === Math.sign(change))
        .sort((a, b) => Math.abs(num(b, 'contribution') ?? 0) - Math.abs(num(a, 'contribution') ?? 0))[0];
    if (first === undefined) {
        return `Revenue is *${way} ${sizeText(revenue.change)}*.`;
    }
    const part = (num(first, 'contribution') ?? 0) / change;
    const size = part >= 0.6 ? 'two thirds of' : part >= 0.5 ? 'most of' : 'the largest part of';
    return `${stepSentence(first, discount)} That makes ${size} the ${noun} of ${sizeText(revenue.change)}.`;
}

/** What added and what took, in money. */
export function salesText(bridge: readonly Row[]): string {
    const up = mainSteps(bridge, 1);
    const down = mainSteps(bridge, -1);
    const parts: string[] = [];
    if (up.names.length > 0) {
        parts.push(`${capital(listing(up.names))} added *${roundMoney(up.money)}*.`);
    }
    if (down.names.length > 0) {
        parts.push(
            `${capital(listing(down.names))} took ${up.names.length > 0 ? 'back ' : ''}*${roundMoney(-down.money)}*.`,
        );
    }
    return parts.join(' ');
}

/** "Orders of $100 and more are 12% of all and bring 33% of the money" */
export function largeOrders(rows: readonly Row[]): string {
    let [orders, brought] = [0, 0];
    for (const row of [...rows].reverse()) {
        orders += num(row, 'share') ?? 0;
        brought += num(row, 'money_share') ?? 0;
        if (orders >= 0.1 && orders <= 0.5) {
            return `Orders of ${roundMoney(num(row, 'from') ?? 0)} and more are ${share(orders, 0)} of all and bring ${share(brought, 0)} of the money.`;
        }
        if (orders > 0.5) {
            break;
        }
    }
    return '';
}

/** Groups whose weeks of now differ from those before by more than chance, the largest first. */
export function trendFinding(
    courses: readonly { name: string; now: readonly number[]; before: readonly number[] }[],
    with_: string,
): string {
    const moved = courses
        .map((c) => ({ name: c.name, ...difference(c.now, c.before) }))
        .filter((c) => Math.abs(c.mean) > 1.96 * c.error && c.error > 0)
        .sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean));
    const up = moved
        .filter((c) => c.mean > 0)
        .slice(0, 3)
        .map((c) => c.name);
    const down = moved
        .filter((c) => c.mean < 0)
        .slice(0, 3)
        .map((c) => c.name);
    if (up.length === 0 && down.length === 0) {
        return `No category left ${with_} by more than weeks vary`;
    }
    const stand = (names: readonly string[]): string => (names.length === 1 ? 'stands' : 'stand');
    return [
        up.length > 0 && `${listing(up)} ${stand(up)} above ${with_}`,
        down.length > 0 &&
            (up.length > 0
                ? `${listing(down)} ${down.length === 1 ? 'gives' : 'give'} way`
                : `${listing(down)} ${stand(down)} below ${with_}`),
    ]
        .filter(Boolean)
        .join('; ');
}

/** "Clothing and Electronics make most of the fall" */
export function groupsFinding(rows: readonly Row[], name: string, revenue: Figure | undefined, what: string): string {
    const way = course(revenue);
    const noun = WAYS[way];
    const total = (revenue?.value ?? 0) - (revenue?.before ?? 0);
    const named = [...rows].sort((a, b) => (num(b, 'revenue') ?? 0) - (num(a, 'revenue') ?? 0));
    if (noun === undefined) {
        const first = named[0];
        return first === undefined
            ? `No ${what}`
            : `${text(first, name)} brings most, ${share(num(first, 'share') ?? 0, 0)} of revenue`;
    }
    const same = rows
        .map((row) => ({ name: text(row, name), part: (num(row, 'contribution') ?? 0) / total }))
        .filter((c) => c.part > 0)
        .sort((a, b) => b.part - a.part);
    const [first, second] = same;
    if (first === undefined) {
        return `No ${what} makes the ${noun} alone`;
    }
    if (first.part >= 0.5) {
        return `${first.name} makes ${first.part >= 0.6 ? 'two thirds' : 'most'} of the ${noun}`;
    }
    const together = first.part + (second?.part ?? 0);
    return second === undefined
        ? `${first.name} makes ${share(first.part, 0)} of the ${noun}`
        : `${first.name} and ${second.name} make ${share(Math.min(1, together), 0)} of the ${noun}`;
}

/** Quotient of trailing sums of up to `width` days, three at least: a margin, or a growth with itself before. */
export function trailingRatio(
    above: readonly (number | null)[],
    below: readonly (number | null)[],
    width: number,
): (number | null)[] {
    const total = (values: readonly (number | null)[], i: number): number =>
        values.slice(Math.max(0, i - width + 1), i + 1).reduce<number>((sum, v) => sum + (v ?? 0), 0);
    return above.map((_, i) => {
        const under = i + 1 < Math.min(3, width) ? 0 : total(below, i);
        return under > 0 ? total(above, i) / under : null;
    });
}

/** "The margin held at 48%; profit fell with revenue" */
export function profitFinding(
    revenue: Figure | undefined,
    profit: Figure | undefined,
    margin: Figure | undefined,
): string {
    if (profit?.value == null || margin?.value == null) {
        return 'No cost of the goods is known, so there is no profit';
    }
    const kept = `${share(margin.value, 0)} of it stays as profit: ${roundMoney(profit.value)}`;
    if (margin.before === null || profit.before === null) {
        return kept;
    }
    const points = Math.round((margin.value - margin.before) * 100);
    const held =
        points === 0
            ? `The margin held at ${share(margin.value, 0)}`
            : `The margin ${points > 0 ? 'rose' : 'fell'} to ${share(margin.value, 0)}`;
    const way = course(revenue);
    if (way === 'same' || way === 'unknown') {
        return `${held}; profit is ${roundMoney(profit.value)}, after ${roundMoney(profit.before)}`;
    }
    const with_ = Math.sign(profit.value - profit.before) === (way === 'up' ? 1 : -1);
    return `${held}; profit ${profit.value >= profit.before ? 'rose' : 'fell'} ${with_ ? 'with' : 'against'} revenue, to ${roundMoney(profit.value)}`;
}
