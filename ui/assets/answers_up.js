// Brings the answers into view once they are there, where they would lie below the window: on phones, and after a long list.
(() => {
  const answers = document.querySelector(".st-key-answers_there");
  if (!answers || answers.getBoundingClientRect().top < 0.6 * window.innerHeight) return; // they are in view
  scrollUp(answers);
})();
