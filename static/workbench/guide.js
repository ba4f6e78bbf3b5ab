// The guided first trace moves on when a person really does what it says: reads the trace to its
// answer, or goes to a card. What they decide the server knows by itself.

const guideAt = () => document.querySelector("#guide")?.dataset.at;

function passStep(step) {
  const form = guideAt() === step && document.querySelector("#guide form:has([name=step])");
  if (form) form.requestSubmit();
}

// A scroll, not what is in sight: a short trace is in sight before anybody has read a word.
addEventListener("scroll", () => {
  const last = [...document.querySelectorAll("#trace .step")].at(-1);
  if (last && last.getBoundingClientRect().bottom <= innerHeight) passStep("trace");
}, { passive: true });

document.addEventListener("focusin", (event) => {
  if (event.target.closest("#review .card:not(.own)")) passStep("proposal");
});
