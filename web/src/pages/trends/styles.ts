// Which styles rise? Shares of pieces now and a year ago, of styles, colours and materials.
import { num, table, text, type Row } from '../../data/document';
import { thenNow } from '../../charts/rows';
import type { CardSpec, CardView } from '../../ui/card';
import { Missing } from '../../ui/missing';
import { h } from '../../ui/dom';
import { listing } from '../../words/findings';
import { share } from '../../words/numbers';
import { changeCell, plainTable, row } from '../shared';

const SHOWN = 8;

export interface Kind {
    name: string;
    rows: Row[];
}

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

/** "romantic" of "style=romantic". */
export function valueOf(r: Row): string {
    const name = text(r, 'name');
    return name.slice(name.indexOf('=') + 1);
}

/** Attributes by their kind, each with the values that sell most, those that rise first. */
export function kinds(rows: readonly Row[]): Kind[] {
    const found = new Map<string, Row[]>();
    for (const r of rows) {
        const name = text(r, 'name');
        const at = name.indexOf('=');
        if (at > 0) {
            found.set(name.slice(0, at), [...(found.get(name.slice(0, at)) ?? []), r]);
        }
    }
    const size = (r: Row): number => (num(r, 'share') ?? 0) + (num(r, 'share_before') ?? 0);
    const order = ['style', 'colour', 'color', 'material'];
    const place = (name: string): number => (order.indexOf(name) < 0 ? order.length : order.indexOf(name));
    return [...found]
        .filter(([, of]) => of.length >= 2)
        .sort((a, b) => place(a[0]) - place(b[0]))
        .slice(0, 3)
        .map(([name, of]) => ({
            name,
            rows: [...of]
                .sort((a, b) => (isSure(b) ? 1 : 0) - (isSure(a) ? 1 : 0) || size(b) - size(a))
                .slice(0, SHOWN)
                .sort((a, b) => changeOf(b) - changeOf(a)),
        }));
}

const isSure = (r: Row): boolean => ['rising', 'falling'].includes(text(r, 'course'));
const changeOf = (r: Row): number => (num(r, 'share') ?? 0) - (num(r, 'share_before') ?? 0);

export function finding(kind: Kind): string {
    const of = (course: string): string[] =>
        kind.rows.filter((r) => text(r, 'course') === course).map((r) => capital(valueOf(r)));
    const [up, down] = [of('rising').slice(0, 2), of('falling').slice(0, 2)];
    if (up.length > 0 && down.length > 0) {
        return `${listing(up)} ${up.length === 1 ? 'gains' : 'gain'} what ${listing(down)} ${down.length === 1 ? 'loses' : 'lose'}`;
    }
    if (up.length > 0) {
        return `${listing(up)} ${up.length === 1 ? 'gains' : 'gain'}`;
    }
    if (down.length > 0) {
        return `${listing(down)} ${down.length === 1 ? 'loses' : 'lose'}`;
    }
    return `No ${kind.name} rises or falls, beyond chance`;
}

function view(kind: Kind): CardView {
    const all = kind.rows.flatMap((r) => [num(r, 'share') ?? 0, num(r, 'share_before') ?? 0]);
    const [from, until] = [Math.min(...all), Math.max(...all)];
    return {
        name: capital(kind.name),
        finding: finding(kind),
        body: () =>
            h(
                'div',
                { class: 'rows spread' },
                ...kind.rows.map((r) => {
                    const change = changeOf(r);
                    const tone = isSure(r) ? (change > 0 ? 'positive' : 'negative') : 'grey';
                    const line = row(
                        'minmax(5rem, 7.5rem) minmax(4rem, 1fr) 4.75rem',
                        '',
                        null,
                        h('span', { class: 'name', dir: 'auto' }, capital(valueOf(r))),
                        thenNow(num(r, 'share_before') ?? 0, num(r, 'share') ?? 0, from, until, tone),
                        h(
                            'span',
                            { class: 'number' },
                            isSure(r) ? changeCell(change, true) : changeCell(change, true, 0),
                        ),
                    );
                    line.title = `${share(num(r, 'share_before') ?? 0, 1)} → ${share(num(r, 'share') ?? 0, 1)}`;
                    return line;
                }),
            ),
    };
}

export const stylesCard: CardSpec = {
    id: 'styles',
    span: 4,
    question: 'Which styles rise?',
    defines: ['share', 'false_discovery'],
    needs: ['trends_quarter'],
    render(docs) {
        const found = kinds(table(docs.trends_quarter, 'styles').rows);
        const views = found.map(view);
        const first = views[0];
        if (first === undefined) {
            throw new Missing(
                'Styles show once products have them',
                'Give products attributes such as style, colour and material; sales of 90 days are compared with those a year before.',
                'palette',
            );
        }
        return {
            finding: first.finding ?? '',
            note: 'Share of items sold, 90 days. Ring: last year, dot: now. Coloured: beyond chance.',
            table: plainTable(docs.trends_quarter, 'styles', 'styles'),
            body: first.body ?? (() => h('div', null)),
            views,
        };
    },
};
