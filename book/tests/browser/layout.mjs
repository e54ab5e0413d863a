// A page must not be wider than a narrow window: what is wide scrolls inside itself.

import { here } from './browser.mjs';

export async function overflowing(page, fault) {
    const found = await page.evaluate(() => {
        const width = document.documentElement.clientWidth;
        const name = element => {
            const id = element.id && `#${element.id}`;
            const classes = [...element.classList].map(name => `.${name}`).join('');
            return `${element.localName}${id}${classes}`;
        };
        const scrolls = element => ['auto', 'scroll']
            .includes(getComputedStyle(element).overflowX);
        const faults = [];
        for (const whole of ['html', 'body', '.page', '#mdbook-content', 'main']) {
            const element = document.querySelector(whole);
            if (element && element.scrollWidth > element.clientWidth + 1) {
                faults.push(`${whole} is ${element.scrollWidth} px wide`);
            }
        }
        for (const part of document.querySelectorAll('main *, #mdbook-menu-bar *')) {
            const { left, right, height } = part.getBoundingClientRect();
            if (height === 0 || left >= -1 && right <= width + 1) {
                continue;
            }
            let around = part.parentElement;
            while (!scrolls(around) && !around.matches('main, #mdbook-menu-bar')) {
                around = around.parentElement;
            }
            if (around.matches('main, #mdbook-menu-bar') && !part.closest('.skip')) {
                faults.push(`${name(part)} reaches from ${left | 0} to ${right | 0} px`);
            }
        }
        const bar = document.getElementById('mdbook-menu-bar');
        if (bar && bar.clientHeight > 52) {
            faults.push(`the menu bar is ${bar.clientHeight} px high`);
        }
        return faults.slice(0, 5);
    });
    found.forEach(what => fault(`${here(page)}: ${what}`));
}
