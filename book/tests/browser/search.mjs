// Words that a reader types, and the page that they must find. `words.json` has some in
// each language; more are taken from the pages themselves.

import { readFileSync } from 'node:fs';

import { here, open } from './browser.mjs';
import { LANGUAGES } from './book.mjs';

const chosen = JSON.parse(readFileSync(new URL('words.json', import.meta.url), 'utf8'));

export const SPOKEN = {
    en: { placeholder: 'Search this book ...', found: /^\d+ places? with “/ },
    fr: { placeholder: 'Chercher dans ce livre…', found: /^\d+ résultats? pour «\s/ },
    es: { placeholder: 'Buscar en este libro…', found: /^\d+ resultados? para «/ },
};

// What a reader without the keys for it types.
const plain = word => word
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('œ', 'oe');

// All words of the sentences of a page, with how they are written.
async function vocabulary(page) {
    return new Set(await page.evaluate(() => {
        const sentences = [...document.querySelectorAll('main :is(p, li, h2)')]
            .filter(element => !element.closest('pre, .transcript, svg'));
        const texts = sentences.map(element => {
            const copy = element.cloneNode(true);
            copy.querySelectorAll('code, kbd').forEach(code => code.remove());
            return copy.textContent;
        });
        return texts.join(' ').toLowerCase().match(/\p{L}{5,}/gu) ?? [];
    }));
}

// The search shows thirty places; of a word that more pages have it may well leave some out.
const RARE = 6;

// The longest word that suits and that is found on few pages, as the search sees it: in
// all these forms, without accents, and at the beginning of other words too.
function rarest(words, pages, suits, forms = word => [word]) {
    const folded = [...pages.values()].map(others => [...others].map(plain));
    const rare = word => forms(word).every(form => {
        const begin = plain(form);
        const on = folded.filter(others => others.some(other => other.startsWith(begin)));
        return on.length <= RARE;
    });
    const found = [...words]
        .filter(suits)
        .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
        .find(rare);
    return found === undefined ? [] : [found];
}

// Of each page a word, one without its accents, and one in the other number.
function derived(code, pages) {
    const many = code === 'es' ? /(?:[^aeiouáéíóú]e|[aeo])s$/ : /[^s]s$/;
    const one = word => word.replace(code === 'es' && !/[aeo]s$/.test(word) ? /es$/ : /s$/, '');
    const known = new Set([...pages.values()].flatMap(words => [...words]));
    const found = [];
    for (const [name, words] of pages) {
        const pick = (suits, forms) => rarest(words, pages, suits, forms);
        const accented = code === 'en' ? [] : pick(word => plain(word) !== word);
        const plural = pick(word => many.test(word) && known.has(one(word))
            && !words.has(one(word)), word => [word, one(word)]);
        const typed = [...pick(() => true), ...accented, ...accented.map(plain),
            ...plural.map(one)];
        found.push(...typed.map(word => [word, name]));
    }
    return found;
}

async function look(page, word, name, fault) {
    await page.locator('#mdbook-searchbar').fill(word);
    await page.locator('#mdbook-searchbar').press('End');
    await page.waitForFunction(word => document.getElementById('mdbook-searchresults-header')
        .innerText.includes(word), word);
    const { header, found } = await page.evaluate(() => {
        const header = document.getElementById('mdbook-searchresults-header');
        const links = document.querySelectorAll('#mdbook-searchresults a');
        const found = [...links].map(link => new URL(link.href).pathname.split('/').pop());
        return { header: header.innerText, found };
    });
    const { found: expected } = SPOKEN[language(page)];
    if (!found.includes(name)) {
        const what = found.length === 0 ? 'nothing' : [...new Set(found)].join(', ');
        fault(`${language(page)}: ${word} finds ${what} and not ${name}`);
    } else if (!expected.test(header)) {
        fault(`${language(page)}: ${word}: ${header}`);
    }
}

const language = page => page.url().match(/\/(en|fr|es)\/[^/]*$/)[1];

async function ask(page, book, code) {
    await open(page, book.url(`${code}/welcome.html`));
    await page.keyboard.press('/');
    const bar = page.locator('#mdbook-searchbar');
    await bar.waitFor();
    return bar;
}

// `further` asks for the words of the pages too.
export function words(browser, book, code, further) {
    return fault => browser.reading(book.site, {}, async page => {
        const pages = new Map();
        for (const name of further ? book.names : []) {
            await open(page, book.url(`${code}/${name}`));
            pages.set(name, await vocabulary(page));
        }
        const bar = await ask(page, book, code);
        const placeholder = await bar.getAttribute('placeholder');
        if (placeholder !== SPOKEN[code].placeholder) {
            fault(`${here(page)}: the empty search says ${placeholder}`);
        }
        const wanted = chosen[code];
        const more = derived(code, pages);
        for (const [word, name] of [...wanted, ...more]) {
            await look(page, word, name, fault);
        }
        if (wanted.length < 20) {
            fault(`words.json has only ${wanted.length} words for ${code}`);
        }
        return `${wanted.length + more.length} words`;
    });
}

// A place that was found is gone to, and the words are marked there.
export function follow(browser, book) {
    const typed = { en: 'cookie', fr: 'reseau', es: 'conexion' };
    return async fault => {
        for (const code of LANGUAGES) {
            await browser.reading(book.site, {}, async page => {
                await ask(page, book, code);
                await look(page, typed[code], 'nodes.html', fault);
                const first = page.locator('#mdbook-searchresults a[href*="nodes.html"]').first();
                await first.click();
                await page.waitForURL('**/nodes.html?highlight=*');
                if (await page.locator('main mark').count() === 0) {
                    fault(`${here(page)}: ${typed[code]} is not marked`);
                }
            });
        }
    };
}
