// The filter bar: period, comparison, category, price, customers; below it both ranges of dates, the filters that are on
// as chips, and how fresh the data is.
import { PRICE_BANDS, type Meta } from '../data/source';
import type { Span } from '../data/document';
import { clear, h } from '../ui/dom';
import { icon } from '../ui/icons';
import { menu } from '../ui/menu';
import { count, momentText, roundMoney, spanText } from '../words/numbers';
import { COMPARES, FILTERS, PERIODS, type Controls, type ControlsStore, type FilterName } from './controls';

const CUSTOMERS = [
    { value: '', name: 'All customers' },
    { value: 'new', name: 'New' },
    { value: 'returning', name: 'Returning' },
    { value: 'premium', name: 'Premium' },
];

export function priceName(band: string): string {
    const [low = '', high = ''] = band.split(':');
    if (high === '') {
        return `${roundMoney(Number(low))} and more`;
    }
    return `${roundMoney(Number(low || 0))} – ${roundMoney(Number(high))}`;
}

export function filterName(name: FilterName, value: string): string {
    switch (name) {
        case 'price':
            return priceName(value);
        case 'customers':
            return `${value} customers`;
        default:
            return value;
    }
}

export interface FilterBar {
    node: HTMLElement;
    update(controls: Controls, meta: Meta): void;
    /** The ranges that the answers on the page are of. */
    spans(period: Span | null, compared: Span | null): void;
    focusFilters(): void;
    focusPeriod(): void;
    focusCompare(): void;
}

export function filterBar(store: ControlsStore, meta: Meta, tools: HTMLElement): FilterBar {
    const day = (label: string): HTMLInputElement => h('input', { 'aria-label': label });
    const [from, until] = [day('First day'), day('Last day')];
    const customBox = h(
        'form',
        {
            class: 'custom-range',
            hidden: true,
            onSubmit: (event: Event) => {
                event.preventDefault();
                if (from.value !== '' && until.value !== '' && from.value <= until.value) {
                    customBox.hidden = true;
                    store.set({ period: `${from.value}..${until.value}` });
                }
            },
        },
        from,
        h('span', null, '–'),
        until,
        h('button', { type: 'submit', class: 'button primary' }, 'Show'),
    );
    const custom = h(
        'button',
        {
            type: 'button',
            class: 'segment',
            'aria-expanded': 'false',
            onClick: () => {
                customBox.hidden = !customBox.hidden;
                custom.setAttribute('aria-expanded', String(!customBox.hidden));
                if (!customBox.hidden) {
                    from.type = until.type = 'date'; // fields of days take long to make, and few readers open them
                    from.focus();
                }
            },
        },
        'Custom…',
    );
    const periods = PERIODS.map(([id, name]) =>
        h(
            'button',
            {
                type: 'button',
                class: 'segment',
                'aria-pressed': 'false',
                dataset: { period: id },
                onClick: () => store.set({ period: id }),
            },
            name,
        ),
    );
    const compare = menu(
        'compare',
        'Compared with',
        COMPARES.map(([value, name]) => ({ value, name })),
        (value) => store.set({ compare: value }),
    );
    const category = menu('category', 'Category', [], (value) => store.set({ category: value }));
    const price = menu('price', 'Price', [], (value) => store.set({ price: value }));
    const customers = menu('customers', 'Customers', CUSTOMERS, (value) => store.set({ customers: value }));
    const dates = h('p', { class: 'dates' });
    const chips = h('div', { class: 'chips', role: 'group', 'aria-label': 'Filters that are on' });
    const fresh = h('p', { class: 'fresh' });
    const sheetButton = h(
        'button',
        { type: 'button', class: 'menu-button sheet-button', 'aria-expanded': 'false', onClick: () => toggleSheet() },
        icon('filter'),
        'Filter',
    );
    const menus = h('div', { class: 'menus' }, compare.node, category.node, price.node, customers.node);

    function toggleSheet(): void {
        const open = menus.classList.toggle('open');
        sheetButton.setAttribute('aria-expanded', String(open));
    }

    const node = h(
        'div',
        { class: 'filter-bar', role: 'search', 'aria-label': 'Period and filters' },
        h(
            'div',
            { class: 'filter-row' },
            h('div', { class: 'segments', role: 'group', 'aria-label': 'Period' }, ...periods, custom),
            sheetButton,
            menus,
            tools,
        ),
        customBox,
        h('div', { class: 'filter-under' }, dates, chips, fresh),
    );

    function update(controls: Controls, now: Meta): void {
        const preset = PERIODS.some(([id]) => id === controls.period);
        for (const button of periods) {
            button.setAttribute('aria-pressed', String(button.dataset.period === controls.period));
        }
        custom.setAttribute('aria-pressed', String(!preset));
        custom.textContent = preset ? 'Custom…' : spanText(controls.period);
        if (now.first_day !== null) {
            from.min = until.min = now.first_day;
        }
        compare.update(
            controls.compare === 'none'
                ? 'No comparison'
                : `vs ${COMPARES.find(([id]) => id === controls.compare)?.[1] ?? ''}`,
            controls.compare,
            false,
        );
        category.update(controls.category || 'Category', controls.category, controls.category !== '', [
            { value: '', name: 'All categories' },
            ...now.categories.map((name) => ({ value: name, name })),
        ]);
        price.update(
            controls.price === '' ? 'Price' : priceName(controls.price),
            controls.price,
            controls.price !== '',
            [{ value: '', name: 'All prices' }, ...PRICE_BANDS.map((band) => ({ value: band, name: priceName(band) }))],
        );
        customers.update(
            controls.customers === ''
                ? 'Customers'
                : (CUSTOMERS.find((c) => c.value === controls.customers)?.name ?? ''),
            controls.customers,
            controls.customers !== '',
        );
        const on = FILTERS.filter((name) => controls[name] !== '');
        clear(
            chips,
            ...on.map((name) =>
                h(
                    'button',
                    {
                        type: 'button',
                        class: 'chip',
                        onClick: () => store.set({ [name]: '' } as Partial<Controls>),
                        'aria-label': `Remove ${filterName(name, controls[name])}`,
                    },
                    filterName(name, controls[name]),
                    icon('xmark'),
                ),
            ),
            on.length > 1 &&
                h('button', { type: 'button', class: 'link', onClick: () => store.clearFilters() }, 'Clear all'),
        );
        const newest = now.newest_event ?? now.made;
        clear(
            fresh,
            icon(now.live ? 'circle-check' : 'clock'),
            now.live
                ? `Data up to ${momentText(newest, now.time_zone, now.now)}`
                : `Report of ${momentText(now.made, now.time_zone, '1970-01-01T00:00:00Z')}`,
        );
        fresh.title = `${count(now.products)} products, ${count(now.customers)} customers`;
    }

    update(store.value, meta);
    return {
        node,
        update,
        spans(period, compared) {
            clear(
                dates,
                h('strong', null, period === null ? '' : spanText(period.days)),
                compared !== null && h('span', { class: 'ghost-key', 'aria-hidden': 'true' }),
                compared !== null &&
                    h('span', null, h('span', { class: 'visually-hidden' }, 'compared with '), spanText(compared.days)),
            );
        },
        focusFilters: () => category.button.focus(),
        focusPeriod: () => periods[0]?.focus(),
        focusCompare: () => compare.button.focus(),
    };
}
