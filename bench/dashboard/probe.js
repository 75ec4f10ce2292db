// Runs in the page before its own script: notes shifts of the layout and long tasks, and tells when the window is filled.
(() => {
    const probe = { shift: 0, longest: 0 };
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (!entry.hadRecentInput) {
                probe.shift += entry.value;
            }
        }
    }).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            probe.longest = Math.max(probe.longest, entry.duration);
        }
    }).observe({ type: 'longtask', buffered: true });

    const inWindow = (node) => {
        const box = node.getBoundingClientRect();
        return box.top < innerHeight && box.bottom > 0;
    };
    const hasContent = (card) =>
        card.getAttribute('aria-busy') !== 'true' &&
        card.querySelector('.card-body')?.childElementCount > 0 &&
        card.querySelector('.skeleton, .card-body [aria-busy="true"]') === null; // a chart that is not drawn yet

    /* `whole`: the cards below the window too. */
    const isFilled = (whole) => {
        const cards = [...document.querySelectorAll('.grid > .card')].filter((card) => whole || inWindow(card));
        const strip = document.querySelector('.strip');
        return (
            Boolean(document.querySelector('.lead h1')?.textContent) &&
            strip?.getAttribute('aria-busy') !== 'true' &&
            [...document.querySelectorAll('.kpi-value')].every((value) => value.textContent !== '') &&
            cards.length > 0 &&
            cards.every(hasContent)
        );
    };

    /* The time of the frame after the one in which it is filled: by then it is on the screen. */
    const filled = (whole) =>
        new Promise((resolve) => {
            const look = () => {
                if (isFilled(whole)) {
                    requestAnimationFrame(() => resolve(performance.now()));
                } else {
                    requestAnimationFrame(look);
                }
            };
            look();
        });

    probe.first = filled(false);
    probe.all = filled(true);
    /* From the next click on: how long the window and the whole page take to be filled again, in `probe.changed`. */
    probe.watch = () => {
        performance.clearResourceTimings();
        probe.longest = 0;
        probe.changed = new Promise((resolve) => {
            const begin = async () => {
                const begun = performance.now();
                await new Promise(requestAnimationFrame); // by then the page has taken the click in
                const [view, whole] = await Promise.all([filled(false), filled(true)]);
                resolve({ view: view - begun, whole: whole - begun });
            };
            addEventListener('click', begin, { capture: true, once: true });
        });
    };
    probe.slowest = () =>
        performance
            .getEntriesByType('resource')
            .filter((entry) => entry.name.includes('/v1/insight/'))
            .map((entry) => ({ path: new URL(entry.name).pathname, ms: entry.responseEnd - entry.requestStart }))
            .sort((a, b) => b.ms - a.ms)[0] ?? { path: '', ms: 0 };
    globalThis.probe = probe;
})();
