// What a catalogue holds is shown as text: 120 payloads in titles, brands, categories, ids of customers and of items; none
// runs on any page.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asWritten, fixture, importCsv, makeShop, open, openPage, PAGES, vitrine } from './lib.mjs';

const RUN = 'globalThis.ran=1';

function payloads() {
    const forms = [
        `<script>${RUN}</script>`,
        `<img src=x onerror="${RUN}">`,
        `<svg onload="${RUN}">`,
        `"><script>${RUN}</script>`,
        `'><img src=x onerror='${RUN}'>`,
        `javascript:${RUN}`,
        `<iframe srcdoc="<script>parent.${RUN}</script>">`,
        `<a href="javascript:${RUN}">x</a>`,
        `<body onload=${RUN}>`,
        `</title><script>${RUN}</script>`,
        `</script><script>${RUN}</script>`,
        `<math><mtext></mtext><mglyph><svg><mtext><textarea><path id="</textarea><img onerror=${RUN} src=1>">`,
        `<details open ontoggle=${RUN}>`,
        `<input autofocus onfocus=${RUN}>`,
        `<style>@import 'x';</style>`,
        `<link rel=stylesheet href=x>`,
        `<base href="http://127.0.0.9/">`,
        `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
        `\${${RUN}}`,
        `{{constructor.constructor('${RUN}')()}}`,
        `=HYPERLINK("http://127.0.0.9","x")`,
        `<template><script>${RUN}</script></template>`,
        `%3Cscript%3E${RUN}%3C/script%3E`,
        `&lt;script&gt;${RUN}&lt;/script&gt;`,
        `__proto__`,
        `<b>bold</b>`,
        `<object data="javascript:${RUN}">`,
        `<embed src="javascript:${RUN}">`,
        `<form action="javascript:${RUN}"><button>x</button></form>`,
        `<video><source onerror="${RUN}"></video>`,
    ];
    const ways = [(p) => p, (p) => p.toUpperCase().replaceAll('GLOBALTHIS.RAN', 'globalThis.ran'), (p) => `Red ${p} jug`, (p) => `‮${p}`];
    return ways.flatMap((way) => forms.map(way));
}

const quoted = (words) => `"${words.replaceAll('"', '""')}"`;

function shopOfStrangers() {
    const all = payloads();
    assert.equal(all.length, 120);
    return makeShop((shop, folder) => {
        const items = ['id,title,category,brand,price,stock'];
        const events = ['user,item,kind,time,unit_price,quantity,order_id'];
        const last = Date.UTC(2026, 5, 1) / 1000;
        all.forEach((p, i) => {
            items.push([quoted(`${p} ${i}`), quoted(asWritten(p)), quoted(p), quoted(p), '10', '5'].join(','));
            for (let k = 0; k < 3; k++) {
                events.push([quoted(`${p} u${(i + k) % 40}`), quoted(`${p} ${i}`), 'purchase', String(last - (i % 60) * 43200 - k * 7000000), '10', '1', `o${i}-${k}`].join(','));
            }
        });
        importCsv(shop, folder, 'items', items);
        importCsv(shop, folder, 'events', events);
        vitrine(shop, 'dataset');
    });
}

const f = fixture(shopOfStrangers);

for (const name of PAGES) {
    test(`no payload runs on ${name}`, { skip: f.skip }, async () => {
        const page = await openPage(f.browser);
        await open(page, `${f.server.url}/#/${name}?period=90d`);
        // A chart that is shown as its table has another button: the first of the rest is the next one.
        const tables = page.locator('.tool[aria-label="Show as table"]');
        for (let n = await tables.count(); n > 0; n--) {
            await tables.first().click();
        }
        assert.equal(await page.evaluate(() => globalThis.ran), undefined);
        assert.deepEqual(page.wrong, []);
        const category = payloads()[0];
        await open(page, `${f.server.url}/#/${name}?period=90d&category=${encodeURIComponent(category)}`);
        assert.ok((await page.locator('.chip').first().textContent()).includes(category), 'shown as text');
        assert.equal(await page.evaluate(() => globalThis.ran), undefined);
        await page.context().close();
    });
}
