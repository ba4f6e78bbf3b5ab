// A box that scrolls sideways can be scrolled by key: not every browser gives it the focus by itself.

function letScroll() {
  const wide = all("#main pre").filter((box) => box.scrollWidth > box.clientWidth);
  for (const box of wide) box.tabIndex = 0;
}
