// Tells a Vitrine server what visitors of a shop do. Paste it into every page, with the server's address and a key that
// `vitrine key create --scope events,read --name storefront` made:
//
//     <script src="vitrine-tell.js" data-server="https://recommend.shop.example" data-key="vtr_..."></script>
//
// Marks in the page do the rest:
//
//     <main data-vitrine-view="SKU-1">                                  a product page was opened
//     <button data-vitrine-cart="SKU-1">                                a click puts it into the cart
//     <ul data-vitrine-request="..." data-vitrine-placement="home">     a list, with the request that gave it
//         <a data-vitrine-item="SKU-2">                                 a click on a product of a list
//
// Every event has an id and stays in the browser until the server has it, so that nothing is lost or counted twice.
(() => {
    const { server, key, user } = document.currentScript.dataset;
    const WAITING = 'vitrine.waiting';
    const HISTORY = 'vitrine.history';
    const KEPT = 50;

    const read = (name) => JSON.parse(localStorage.getItem(name) ?? '[]');
    const write = (name, rows) => localStorage.setItem(name, JSON.stringify(rows.slice(-1000)));

    function randomId() {
        return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
            byte.toString(16).padStart(2, '0'),
        ).join('');
    }

    function session() {
        const known = sessionStorage.getItem('vitrine.session') ?? randomId();
        sessionStorage.setItem('vitrine.session', known);
        return known;
    }

    /** Whether the server took the batch, or never will; no answer: it stays for the next event or page. */
    async function post(batch) {
        try {
            const answer = await fetch(`${server}/v1/events`, {
                method: 'POST',
                headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
                body: JSON.stringify(batch),
                keepalive: true, // goes on when the page is left
            });
            return answer.ok || (answer.status >= 400 && answer.status < 500 && answer.status !== 429);
        } catch {
            return false;
        }
    }

    let sending = null;
    async function sendAll() {
        for (let batch; (batch = read(WAITING).slice(0, 100)).length > 0 && (await post(batch));) {
            const had = new Set(batch.map((event) => event.id));
            write(
                WAITING,
                read(WAITING).filter((event) => !had.has(event.id)),
            );
        }
    }

    /** Sends what waits, one batch at a time; what comes meanwhile goes with the next. */
    async function send() {
        sending ??= sendAll().finally(() => (sending = null));
        return sending;
    }

    function tell(event) {
        const whose = user ? { user } : { session: session() };
        const told = { id: randomId(), time: new Date().toISOString(), ...whose, ...event };
        write(WAITING, [...read(WAITING), told]);
        if (['view', 'cart', 'purchase'].includes(event.kind)) {
            write(HISTORY, [...read(HISTORY), { item: told.item, kind: told.kind, time: told.time }].slice(-KEPT));
        }
        return send();
    }

    document.addEventListener('click', (click) => {
        const product = click.target.closest('[data-vitrine-item]');
        const button = click.target.closest('[data-vitrine-cart]');
        if (button) {
            tell({ kind: 'cart', item: button.dataset.vitrineCart });
        } else if (product) {
            const list = product.closest('[data-vitrine-placement]')?.dataset;
            tell({
                kind: 'click',
                item: product.dataset.vitrineItem,
                placement: list?.vitrinePlacement,
                request: list?.vitrineRequest,
                model: list?.vitrineModel,
            });
        }
    });
    document.addEventListener('DOMContentLoaded', () => {
        document
            .querySelectorAll('[data-vitrine-view]')
            .forEach((page) => tell({ kind: 'view', item: page.dataset.vitrineView }));
    });
    addEventListener('online', send);
    send();

    window.vitrine = { tell, history: () => read(HISTORY) };
})();
