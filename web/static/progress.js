// Keeps the page of a bill that is being verified up to date. Without it the page reloads itself every two seconds.
"use strict";
(function () {
  const place = document.getElementById("progress");
  async function look() {
    try {
      const answer = await fetch(place.dataset.address, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      if (told.state !== "running" && told.state !== "confirmed") return location.reload();
      document.getElementById("progress-done").textContent = told.done;
      document.getElementById("progress-bar").value = told.done;
    } catch (trouble) {
      // The network or the server may be back at the next look.
    }
    setTimeout(look, 700);
  }
  setTimeout(look, 300);
})();
