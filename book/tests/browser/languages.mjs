// Every reader finds the book in a language of theirs, and can change it anywhere.

import { here, open } from './browser.mjs';
import { LANGUAGES } from './book.mjs';

// How soon the picker must know where on the page one is, in milliseconds.
const TOLD = 5_000;

// What a browser wishes, and what it gets.
const WISHES = [
    ['fr-CA', 'fr'],
    ['es-MX', 'es'],
    ['en-GB', 'en'],
    ['de-DE', 'en'],
];

// From the address alone, by the server; and from the page that is there for any other
// server, or for none.
export function redirects(browser, book, start) {
    return async fault => {
        for (const [locale, expected] of WISHES) {
            await browser.reading(book.site, { locale }, async page => {
                await page.goto(book.url(start));
                await page.waitForURL(/\/(en|fr|es)\/index\.html$/).catch(() => {});
                if (page.url() !== book.url(`${expected}/index.html`)) {
                    fault(`a browser that wishes ${locale} is led to ${page.url()}`);
                }
            });
        }
        return WISHES.map(([locale, code]) => `${locale} to ${code}`).join(', ');
    };
}

export function frontPageWithoutScripts(browser, book) {
    return fault => browser.reading(book.site, { javaScriptEnabled: false }, async page => {
        for (const code of LANGUAGES) {
            await page.goto(book.url('index.html'));
            await page.locator(`a[hreflang=${code}]`).click();
            if (page.url() !== book.url(`${code}/index.html`)) {
                fault(`the link to ${code} leads to ${page.url()}`);
            }
        }
    });
}

// From English through all languages and back, by pressing the picker.
async function around(page, book, name, fragment, fault) {
    await open(page, book.url(`en/${name}${fragment}`));
    for (const code of ['fr', 'es', 'en']) {
        await page.locator(`.languages a[hreflang=${code}]`).click();
        await page.waitForURL(url => url.pathname.endsWith(`/${code}/${name}`));
        const address = book.url(`${code}/${name}${fragment}`);
        if (page.url() !== address) {
            fault(`${here(page)}: the picker leads to ${page.url()} instead of ${address}`);
        } else if (fragment && await page.locator(':target').count() !== 1) {
            fault(`${here(page)}: nothing is at ${fragment}`);
        }
    }
}

export function picker(browser, book, names) {
    return async fault => {
        await browser.each(names, book.site, {}, async (page, name) => {
            const [, id] = /.*<h[123] id="([^"]+)"/s.exec(book.source(`en/${name}`));
            await around(page, book, name, `#${id}`, fault);
        });
        return `${names.length} pages around all languages, with a fragment`;
    };
}

export function pickerWithoutScripts(browser, book, names) {
    return async fault => {
        const without = { javaScriptEnabled: false };
        await browser.each(names, book.site, without, (page, name) =>
            around(page, book, name, '', fault));
        return `${names.length} pages around all languages`;
    };
}

// A place that is gone to on the page is kept too.
export function pickerFollows(browser, book) {
    return fault => browser.reading(book.site, {}, async page => {
        await open(page, book.url('fr/nodes.html'));
        await page.locator('#mdbook-sidebar a[href="#where-it-breaks"]').click();
        await page.locator('.languages a[hreflang=es]').click();
        await page.waitForURL('**/es/nodes.html*');
        if (!page.url().endsWith('/es/nodes.html#where-it-breaks')) {
            fault(`the picker leads to ${page.url()}`);
        }
    });
}

// What a page says of its language, and of the others; whatever place on it one has gone
// to, the picker keeps that.
export async function alternates(page, book, path, fault) {
    const [code, name] = path.split('/');
    const { hash } = new URL(page.url());
    // A page is told a little later that one has gone to a place on it.
    await page.waitForFunction(hash => [...document.querySelectorAll('.languages a')]
        .every(link => link.hash === hash), hash, { timeout: TOLD }).catch(() => {});
    const found = await page.evaluate(() => ({
        lang: document.documentElement.lang,
        links: [...document.querySelectorAll('head link[rel=alternate]')]
            .map(link => `${link.hreflang} ${link.href}`),
        picker: [...document.querySelectorAll('.languages a')]
            .map(link => `${link.hreflang} ${link.href}`),
        current: document.querySelector('.languages [aria-current]')?.hreflang,
    }));
    const links = LANGUAGES.map(other => `${other} ${book.url(`${other}/${name}`)}`);
    const all = [...links, `x-default ${book.url(`en/${name}`)}`];
    if (found.lang !== code || found.current !== code) {
        fault(`${here(page)}: lang ${found.lang}, the picker is at ${found.current}`);
    }
    if (found.links.join() !== all.join()) {
        fault(`${here(page)}: hreflang: ${found.links.join(', ')}`);
    }
    if (found.picker.join() !== links.map(link => `${link}${hash}`).join()) {
        fault(`${here(page)}: the picker: ${found.picker.join(', ')}`);
    }
}

const MISSING = {
    en: 'Document not found',
    fr: 'Cette page n’existe pas',
    es: 'Esta página no existe',
};

// In the language of the address; of an address without a language, in the browser's.
export function missing(browser, book) {
    const asked = [
        ...LANGUAGES.map(code => [`${code}/no/such/page.html`, 'de-DE', code]),
        ['nowhere.html', 'fr-FR', 'fr'],
    ];
    return async fault => {
        for (const [path, locale, code] of asked) {
            await browser.reading(book.site, { locale }, async page => {
                page.missing = book.url(path);
                await open(page, page.missing);
                const text = await page.locator('main').innerText();
                if (!text.includes(MISSING[code])) {
                    fault(`${here(page)}: ${text}`);
                }
                const other = LANGUAGES.find(other => other !== code);
                await page.locator(`.languages a[hreflang=${other}]`).click();
                await page.waitForURL(`**/${other}/404.html`);
                const translated = await page.locator('main').innerText();
                if (!translated.includes(MISSING[other])) {
                    fault(`${here(page)}: ${translated}`);
                }
                await page.locator('#mdbook-sidebar a').first().click();
                await page.waitForURL(`**/${other}/welcome.html`);
            });
        }
    };
}
