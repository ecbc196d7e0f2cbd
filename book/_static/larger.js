// On a narrow screen a picture is half its size, and its words with it. A button below it (or a tap on
// it) shows it at full size in its place, to slide sideways; a widget's sliders go on moving it.
(function () {
  "use strict";

  function offer(picture) {
    const twin = picture.nextElementSibling;
    const pictures = twin && twin.matches("img.only-dark") ? [picture, twin] : [picture];
    const button = document.createElement("button");
    let pan = null;
    button.type = "button";
    button.className = "fw-larger";

    function show(large) {
      button.textContent = large ? "Smaller picture" : "Larger picture";
      if (large === Boolean(pan)) return;
      if (large) {
        pan = document.createElement("div");
        pan.className = "fw-pan";
        pan.tabIndex = 0;
        pan.setAttribute("role", "group");
        pan.setAttribute("aria-label", "Picture at full size");
        picture.before(pan);
        pan.append(...pictures);
      } else {
        pan.replaceWith(...pictures);
        pan = null;
      }
    }

    show(false);
    button.addEventListener("click", () => show(!pan));
    pictures.forEach((each) => each.addEventListener("click", () => {
      if (button.checkVisibility()) show(true);
    }));
    pictures[pictures.length - 1].after(button);
  }

  document.querySelectorAll("img.fw-figure:not(.only-dark)").forEach(offer);
})();
