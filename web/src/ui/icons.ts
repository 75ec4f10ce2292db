// The icons used, each a single drawing of Font Awesome, taken in at build time.
import { s } from './dom';

const drawings = import.meta.glob<string>(
    [
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{chart-line,receipt,users,box-open,arrow-trend-up,lightbulb}.svg',
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{leaf,seedling,sun,moon,magnifying-glass,download,circle-question}.svg',
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{circle-check,chevron-down,table,xmark,arrow-right,arrow-left,arrow-up,arrow-down}.svg',
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{store,minus,check,triangle-exclamation,circle-info,filter,plug-circle-xmark}.svg',
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{filter-circle-xmark,rotate-right,clock,pause,play,star,crown,heart,hourglass-half}.svg',
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{user-plus,person-walking-arrow-right,bed,gem,envelope-open-text,eye,truck-fast}.svg',
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{layer-group,tag,box-archive,broom,image,key,sort-down,sort-up,bars,right-from-bracket}.svg',
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{shirt,headphones,book,mug-saucer,puzzle-piece,person-running,pump-soap,cubes}.svg',
        '/node_modules/@fortawesome/fontawesome-free/svgs/solid/{file-csv,camera,pen,rotate-left,link,circle-half-stroke,print,palette,keyboard}.svg',
    ],
    { query: '?raw', import: 'default', eager: true },
);

const FOLDER = '/node_modules/@fortawesome/fontawesome-free/svgs/solid/';

/** Drawings that were shown already: a page shows a third of them, and each is made when it is needed. */
const known = new Map<string, Element>();

/* A parser of XML would take longer for the icons of the frame than the rest of it: of a file two attributes are needed. */
function make(name: string): Element {
    const file = drawings[`${FOLDER}${name}.svg`] ?? '';
    const box = / viewBox="([^"]+)"/.exec(file)?.[1];
    const line = / d="([^"]+)"/.exec(file)?.[1];
    if (box === undefined || line === undefined) {
        throw new Error(`no icon ${name}`);
    }
    const node = s(
        'svg',
        { class: 'icon', viewBox: box, 'aria-hidden': 'true', focusable: 'false' },
        s('path', { fill: 'currentColor', d: line }),
    );
    known.set(name, node);
    return node;
}

/** The drawing `name`, hidden from screen readers: the words beside it say the same. */
export function icon(name: string): Element {
    return (known.get(name) ?? make(name)).cloneNode(true) as Element;
}

const CATEGORY_ICONS: readonly [RegExp, string][] = [
    [/cloth|fashion|apparel|shoe/i, 'shirt'],
    [/electr|audio|phone|computer/i, 'headphones'],
    [/book|media|magazine/i, 'book'],
    [/home|kitchen|garden|furn/i, 'mug-saucer'],
    [/toy|game|baby/i, 'puzzle-piece'],
    [/sport|outdoor|fitness/i, 'person-running'],
    [/beaut|health|care|cosm/i, 'pump-soap'],
];

export function categoryIcon(category: string): Element {
    return icon(CATEGORY_ICONS.find(([words]) => words.test(category))?.[1] ?? 'cubes');
}
