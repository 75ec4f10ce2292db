// The report in one file, opened from disk: no request, no error, the same figures as the server's, photos, and a sentence
// where something needs the server.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { figures, fixture, flaws, open, openPage, PAGES, serve, settled, smallShop, vitrine } from './lib.mjs';

function shopWithReport() {
    const shop = smallShop();
    vitrine(shop.shop, 'report', '--out', path.join(shop.folder, 'report.html'));
    return shop;
}

const f = fixture(shopWithReport, { served: false });
const file = () => pathToFileURL(path.join(f.shop.folder, 'report.html'));

test('every page stands from disk, with the figures of the server', { skip: f.skip }, async () => {
    const server = await serve(f.shop.shop);
    const page = await openPage(f.browser);
    const requests = [];
    page.on('request', (request) => requests.push(request.url()));
    for (const name of PAGES) {
        for (const controls of ['', '?period=1y&compare=year', '?customers=premium']) {
            await open(page, `${file()}#/${name}${controls}`);
            await settled(page);
            assert.deepEqual(await flaws(page), [], `${name}${controls}`);
            const embedded = await figures(page);
            const live = await openPage(f.browser);
            await open(live, `${server.url}/#/${name}${controls}`);
            // A report keeps six digits, money to the cent.
            const shown = await figures(live);
            delete shown.answer_time; // of the server alone: a report answers no request
            assert.deepEqual(Object.keys(embedded), Object.keys(shown), `${name}${controls}`);
            for (const [id, value] of Object.entries(shown)) {
                const far = Math.abs(embedded[id] - value);
                assert.ok(far <= 5e-6 * Math.abs(value), `${name}${controls} ${id}: ${embedded[id]} for ${value}`);
            }
            await live.context().close();
        }
    }
    assert.deepEqual(page.wrong, []);
    assert.deepEqual(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:') && !url.startsWith('blob:')), []);
    await server.end();
});

test('what needs the server says so', { skip: f.skip }, async () => {
    const page = await openPage(f.browser);
    await open(page, `${file()}#/overview?category=Books&customers=new`);
    assert.match(await page.locator('body').innerText(), /needs the server/);
    assert.equal(await page.locator('.button', { hasText: 'Do it' }).count(), 0);
});

test('customers of a report have their lists, with why, by number or by name', { skip: f.skip }, async () => {
    const named = path.join(f.shop.folder, 'named.html');
    vitrine(f.shop.shop, 'report', '--out', named, '--names', '--customers', '3');
    for (const [address, id] of [
        [file(), /^customer \d+$/],
        [pathToFileURL(named), /^C\d{7}$/],
    ]) {
        const page = await openPage(f.browser);
        await open(page, `${address}#/recommendations`);
        const card = page.locator('#card-seen');
        await card.scrollIntoViewIfNeeded();
        await card.locator('.seen-result .parts').first().waitFor();
        const offered = await card.locator('datalist option').evaluateAll((all) => all.map((o) => o.value));
        assert.ok(offered.length >= 3 && offered.every((one) => id.test(one)), String(offered));
        assert.equal(await card.locator('.seen-user .link').textContent(), offered[0]);
        await card.locator('input').fill(offered[1]);
        await card.locator('input').press('Enter');
        await card.locator('.seen-user .link', { hasText: offered[1] }).waitFor();
        assert.deepEqual(page.wrong, []);
        await page.context().close();
    }
});
