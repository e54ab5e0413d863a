// What the pages of the workbook do beyond mdBook's own. Without it they still work.
'use strict';

// The picker leads to the same page; this adds the same place on it.
(() => {
    const follow = () => {
        for (const link of document.querySelectorAll('.languages a')) {
            link.href = link.href.split('#')[0] + location.hash;
        }
    };
    addEventListener('hashchange', follow);
    follow();
})();

// The button of the sidebar, which is a label in mdBook, does what a label would do.
(() => {
    const toggle = document.getElementById('mdbook-sidebar-toggle');
    const sidebar = document.getElementById('mdbook-sidebar-toggle-anchor');
    toggle.addEventListener('click', () => sidebar.click());
})();

// The box that tells the keys has the keyboard while it is open, and gives it back.
(() => {
    const box = document.getElementById('mdbook-help-popup');
    let before = null;
    new MutationObserver(() => {
        if (box.offsetParent !== null && before === null) {
            before = document.activeElement;
            box.focus();
        } else if (box.offsetParent === null && before !== null) {
            before.focus();
            before = null;
        }
    }).observe(box.parentElement, { attributes: true, attributeFilter: ['style'] });
    box.addEventListener('keydown', event => {
        // There is nothing else in it to go to.
        if (event.key === 'Tab') {
            event.preventDefault();
        }
    });
})();

// What is too wide scrolls inside itself, and by keyboard only if it can have the focus.
(() => {
    const wide = 'main :is(pre, pre > code, .table-wrapper, figure > div)';
    const look = () => {
        for (const box of document.querySelectorAll(wide)) {
            if (box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== 'visible') {
                box.tabIndex = 0;
            } else {
                box.removeAttribute('tabindex');
            }
        }
    };
    addEventListener('resize', look);
    addEventListener('load', look);
    // What was folded away has its width only now.
    document.addEventListener('toggle', look, true);
})();

// What is typed at a terminal can be copied: without the prompts, and without what the
// program shows. Only where a page may write to the clipboard.
(() => {
    if (!navigator.clipboard) {
        return;
    }
    const { copy, copied } = document.getElementById('workbook-words').dataset;
    for (const terminal of document.querySelectorAll('.terminal')) {
        const typed = [...terminal.querySelectorAll('kbd')].map(kbd => kbd.textContent);
        if (typed.length === 0) {
            continue;
        }
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = copy;
        button.addEventListener('click', async () => {
            await navigator.clipboard.writeText(typed.join('\n'));
            button.textContent = copied;
            setTimeout(() => { button.textContent = copy; }, 2000);
        });
        (terminal.querySelector('.terminal-name') || terminal).append(button);
    }
})();
