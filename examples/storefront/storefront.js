// A small shop over a Vitrine server: the catalogue, product pages with what is similar and what goes with it, search by
// words and photo, a cart that is completed. All that it shows comes from the server; texts are set as text, never as HTML.
const settings = await (await fetch('settings.json')).json();

/** The script that a shop would paste into its pages. */
await new Promise((loaded, failed) => {
    const script = document.createElement('script');
    script.src = 'vitrine-tell.js';
    Object.assign(script.dataset, settings);
    script.onload = loaded;
    script.onerror = failed;
    document.head.append(script);
});

const page = document.getElementById('page');
/** Products that a page has read. */
const known = new Map();
const cart = new Set(JSON.parse(localStorage.getItem('cart') ?? '[]'));

async function call(route, options = {}) {
    const answer = await fetch(`${settings.server}/v1/${route}`, {
        ...options,
        headers: { Authorization: `Bearer ${settings.key}`, ...options.headers },
    });
    if (!answer.ok) {
        throw new Error((await answer.json()).detail);
    }
    return answer;
}

/** The JSON of a GET, or of a POST where there is a body. */
async function ask(route, body) {
    const post = { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    const answer = await (await call(route, body && post)).json();
    currency = answer.currency || currency;
    return answer;
}

// ---- pieces of a page ------------------------------------------------------------------------------------------------

function element(name, properties = {}, ...inside) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside.filter(Boolean));
    return made;
}

/** The shop's currency, which every list tells. */
let currency = '';

function money(row) {
    const unit = row.currency || currency;
    if (typeof row.price !== 'number') {
        return '';
    }
    return unit
        ? new Intl.NumberFormat(undefined, { style: 'currency', currency: unit }).format(row.price)
        : `${row.price}`;
}

/** A photo needs the key, so it is fetched; a product without one keeps its empty frame. */
function photo(item, size) {
    const frame = element('span', { className: 'frame' });
    call(`items/${encodeURIComponent(item)}/photos/1?size=${size}`)
        .then((answer) => answer.blob())
        .then((bytes) => frame.append(element('img', { src: URL.createObjectURL(bytes), alt: '' })))
        .catch(() => {});
    return frame;
}

function card(row) {
    const item = row.item ?? row.id;
    const link = element(
        'a',
        { href: `#/item/${encodeURIComponent(item)}` },
        photo(item, 320),
        element('span', { className: 'title', textContent: row.title || item }),
        element('span', { className: 'price', textContent: money(row) }),
        row.reason && element('span', { className: 'why', textContent: row.reason }),
    );
    link.dataset.vitrineItem = item;
    return element('li', {}, link);
}

/** A list with its heading, marked so that clicks name the request that gave it. Nothing to show: nothing is shown. */
function list(heading, answer, placement) {
    if (answer.items.length === 0) {
        return null;
    }
    const rows = element('ul', { className: 'list' }, ...answer.items.map(card));
    rows.dataset.vitrinePlacement = placement;
    rows.dataset.vitrineRequest = answer.request ?? '';
    rows.dataset.vitrineModel = answer.model ?? '';
    return element('section', {}, element('h2', { textContent: heading }), rows);
}

// ---- pages -----------------------------------------------------------------------------------------------------------

async function home() {
    const events = window.vitrine.history();
    const forYou =
        events.length > 0
            ? await ask('recommendations?n=6&explain=true&placement=home', { events })
            : await ask('trending?n=6');
    const all = await ask('items?n=24');
    const parts = [
        list(events.length > 0 ? 'For you' : 'What sells now', forYou, 'home'),
        list('All products', all, 'all'),
    ];
    let next = all.next;
    const more = element('button', { textContent: 'More products' });
    more.onclick = async () => {
        const answer = await ask(`items?n=24&after=${encodeURIComponent(next)}`);
        parts[1].querySelector('ul').append(...answer.items.map(card));
        next = answer.next;
        more.hidden = next === null;
    };
    more.hidden = next === null;
    return [...parts, more];
}

async function product(item) {
    const id = encodeURIComponent(item);
    const row = await ask(`items/${id}`);
    known.set(item, row);
    window.vitrine.tell({ kind: 'view', item });
    const buy = element('button', { className: 'main', textContent: 'Add to cart' });
    buy.dataset.vitrineCart = item;
    buy.onclick = () => keep(cart.add(item));
    const [similar, together] = await Promise.all([ask(`items/${id}/similar?n=6`), ask(`items/${id}/complements?n=6`)]);
    return [
        element(
            'article',
            { className: 'product' },
            photo(item, 640),
            element(
                'div',
                {},
                element('h1', { textContent: row.title || item }),
                element('p', { className: 'price', textContent: money(row) }),
                element('p', { textContent: row.description ?? '' }),
                element('p', { className: 'note', textContent: [row.brand, row.category].filter(Boolean).join(' - ') }),
                buy,
            ),
        ),
        list('Similar', similar, 'similar'),
        list('Goes with it', together, 'complements'),
    ];
}

async function found(words) {
    const answer = await ask(`search?n=24&q=${encodeURIComponent(words)}`);
    return [
        list(`Found for "${words}"`, answer, 'search') ??
            element('p', { className: 'note', textContent: `Nothing was found for "${words}".` }),
    ];
}

async function alike(file) {
    const answer = await (await call('search/photo?n=24', { method: 'POST', body: file })).json();
    return [
        list('Looks like your photo', answer, 'photo') ??
            element('p', { className: 'note', textContent: 'Nothing looks like it.' }),
    ];
}

async function basket() {
    if (cart.size === 0) {
        return [element('p', { className: 'note', textContent: 'Your cart is empty.' })];
    }
    const items = [...cart];
    for (const item of items.filter((each) => !known.has(each))) {
        known.set(item, await ask(`items/${encodeURIComponent(item)}`));
    }
    const completes = await ask('carts/recommendations?n=6', { items });
    const order = element('button', { className: 'main order', textContent: 'Order' });
    order.onclick = async () => {
        const number = `demo-${Date.now()}`;
        await Promise.all(
            items.map((item) =>
                window.vitrine.tell({ kind: 'purchase', item, order: number, unit_price: known.get(item).price }),
            ),
        );
        cart.clear();
        keep(cart);
        show([element('p', { className: 'note', textContent: `Thank you. Your order is ${number}.` })]);
    };
    return [
        list('Your cart', { items: items.map((item) => known.get(item)) }, 'cart'),
        order,
        list('Completes your cart', completes, 'cart-complements'),
    ];
}

// ---- from address to page --------------------------------------------------------------------------------------------

function keep(items) {
    localStorage.setItem('cart', JSON.stringify([...items]));
    document.getElementById('cart').textContent = `Cart (${items.size})`;
}

function show(parts) {
    page.replaceChildren(...parts.filter(Boolean));
}

/** The newest address wins, however long an older one takes. */
let turn = 0;
async function open(made) {
    const mine = ++turn;
    try {
        const parts = await made;
        if (mine === turn) {
            show(parts);
            scrollTo(0, 0);
        }
    } catch (error) {
        show([
            element('p', {
                className: 'note',
                role: 'alert',
                textContent: `The shop does not answer: ${error.message}`,
            }),
        ]);
    }
}

function route() {
    const [, place, rest] = /^#\/(\w*)\/?(.*)$/.exec(location.hash) ?? [];
    const pages = { item: product, search: found, cart: basket };
    open((pages[place] ?? home)(decodeURIComponent(rest ?? '')));
}

document.getElementById('search').onsubmit = (submitted) => {
    submitted.preventDefault();
    const words = document.getElementById('words').value.trim();
    location.hash = words ? `#/search/${encodeURIComponent(words)}` : '#/';
};
document.getElementById('photo').onchange = (chosen) => chosen.target.files[0] && open(alike(chosen.target.files[0]));
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file) {
        open(alike(file));
    }
});
addEventListener('hashchange', route);
keep(cart);
route();
