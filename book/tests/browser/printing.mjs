// The whole book on one page, in each language.

import { open, here } from './browser.mjs';
import { LANGUAGES } from './book.mjs';

export function links(browser, book) {
    let count = 0;
    return async fault => {
        const paths = LANGUAGES.map(code => `${code}/print.html`);
        await browser.each(paths, book.site, {}, async (page, path) => {
            // It opens the dialog of the printer by itself.
            await page.addInitScript(() => { window.print = () => { window.printed = true; }; });
            await open(page, book.url(`${path.slice(0, 2)}/nodes.html`));
            await page.locator('a[href="print.html"]').click();
            await page.waitForURL(`**/${path}`);
            await page.waitForFunction(() => window.printed)
                .catch(() => fault(`${here(page)}: it is not printed`));
            const { headings, lost, anchors } = await page.evaluate(() => {
                const anchors = [...document.querySelectorAll('main a[href]')]
                    .filter(link => link.origin === location.origin
                        && link.pathname === location.pathname);
                const lost = anchors
                    .map(link => link.getAttribute('href'))
                    .filter(href => !document.getElementById(decodeURIComponent(
                        href.slice(href.indexOf('#') + 1))));
                const headings = [...document.querySelectorAll('main h1')]
                    .map(heading => heading.textContent);
                return { headings, lost, anchors: anchors.length };
            });
            count += anchors;
            if (headings.length < book.names.length) {
                fault(`${here(page)}: only ${headings.join(', ')}`);
            }
            lost.forEach(href => fault(`${here(page)}: ${href} leads nowhere`));
            const elsewhere = await page.evaluate(() =>
                [...document.querySelectorAll('main a[href]')]
                    .filter(link => link.protocol === location.protocol
                        && link.host === location.host && link.pathname !== location.pathname)
                    .map(link => link.getAttribute('href')));
            elsewhere.forEach(href => fault(`${here(page)}: ${href} leaves the page`));
        });
        return `${count} links`;
    };
}
