// The report in one file, opened from disk: no request, no error, the same figures as the server's, photos, and a sentence
// where something needs the server.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { flaws, missing, open, openBrowser, openPage, PAGES, serve, settled, smallShop, vitrine } from './lib.mjs';

const skip = missing() ?? false;
let shop;
let browser;
let file;

before(async () => {
    if (!skip) {
        shop = smallShop();
        file = path.join(shop.folder, 'report.html');
        vitrine(shop.shop, 'report', '--out', file);
        browser = await openBrowser();
    }
});

after(async () => {
    await browser?.close();
    shop?.remove();
});

const strip = (page) =>
    page.evaluate(() =>
        Object.fromEntries([...document.querySelectorAll('.kpi')].map((kpi) => [kpi.dataset.figure, Number(kpi.dataset.value)])),
    );

test('every page stands from disk, with the figures of the server', { skip }, async () => {
    const server = await serve(shop.shop);
    const page = await openPage(browser);
    const requests = [];
    page.on('request', (request) => requests.push(request.url()));
    for (const name of PAGES) {
        for (const controls of ['', '?period=1y&compare=year', '?customers=premium']) {
            await open(page, `${pathToFileURL(file)}#/${name}${controls}`);
            await settled(page);
            assert.deepEqual(await flaws(page), [], `${name}${controls}`);
            const embedded = await strip(page);
            const live = await openPage(browser);
            await open(live, `${server.url}/#/${name}${controls}`);
            // A report keeps six digits, money to the cent.
            const shown = await strip(live);
            assert.deepEqual(Object.keys(embedded), Object.keys(shown), `${name}${controls}`);
            for (const [id, value] of Object.entries(shown)) {
                const far = Math.abs(embedded[id] - value);
                assert.ok(far <= 1e-5 * Math.abs(value) || far < 0.005, `${name}${controls} ${id}: ${embedded[id]} for ${value}`);
            }
            await live.context().close();
        }
    }
    assert.deepEqual(page.wrong, []);
    assert.deepEqual(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:') && !url.startsWith('blob:')), []);
    await server.end();
});

test('what needs the server says so', { skip }, async () => {
    const page = await openPage(browser);
    await open(page, `${pathToFileURL(file)}#/overview?category=Books&customers=new`);
    assert.match(await page.locator('body').innerText(), /needs the server/);
    assert.equal(await page.locator('.button', { hasText: 'Do it' }).count(), 0);
});
