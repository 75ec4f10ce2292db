// The icons used, each a single drawing of Font Awesome, taken in at build time.
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

const known = new Map<string, Element>();
for (const [path, drawing] of Object.entries(drawings)) {
    const name = path.slice(path.lastIndexOf('/') + 1, -'.svg'.length);
    const parsed = new DOMParser().parseFromString(drawing, 'image/svg+xml').documentElement;
    known.set(name, parsed);
}

/** The drawing `name`, hidden from screen readers: the words beside it say the same. */
export function icon(name: string): Element {
    const drawing = known.get(name);
    if (drawing === undefined) {
        throw new Error(`no icon ${name}`);
    }
    const copy = document.importNode(drawing, true);
    copy.setAttribute('class', 'icon');
    copy.setAttribute('aria-hidden', 'true');
    copy.setAttribute('focusable', 'false');
    return copy;
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
