// Three sounds for what a scan came to: done, look, stop. They can be switched off; this browser remembers that.
//
// A browser plays nothing before a key was pressed or something clicked; a scan is a key. Once nothing sounds any more what plays them is
// halted: left running, it works out silence for as long as the page is open.

globalThis.deskSounds = (() => {
  // frequency in hertz, when it begins and how long it lasts in seconds, and the form of the wave
  const tunes = {
    done: [[1046, 0, 0.09, "sine"]],
    look: [[784, 0, 0.12, "triangle"], [784, 0.18, 0.12, "triangle"]],
    stop: [[196, 0, 0.45, "square"]],
  };
  const areOn = () => localStorage.getItem("sounds") !== "off";
  let audio = null;
  let sounding = 0; // tones that have not ended

  const play = (name) => {
    if (!areOn() || !Object.hasOwn(tunes, name)) return;
    audio ??= new AudioContext();
    audio.resume();
    for (const [frequency, begins, lasts, type] of tunes[name]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = type;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(type === "square" ? 0.06 : 0.18, audio.currentTime + begins);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + begins + lasts);
      tone.connect(volume).connect(audio.destination);
      sounding += 1;
      tone.addEventListener("ended", ended);
      tone.start(audio.currentTime + begins);
      tone.stop(audio.currentTime + begins + lasts);
    }
    document.dispatchEvent(new CustomEvent("desk:sound", { detail: name }));
  };

  const ended = () => {
    sounding -= 1;
    if (!sounding) audio.suspend();
  };

  const button = document.getElementById("sounds");
  const say = () => {
    button.setAttribute("aria-pressed", String(areOn()));
    button.textContent = areOn() ? "Sounds on" : "Sounds off";
  };
  const turn = () => {
    localStorage.setItem("sounds", areOn() ? "off" : "on");
    say();
    play("done");
  };
  if (button) {
    button.closest("[data-sounds]").hidden = false;
    button.addEventListener("click", turn);
    say();
  }
  return { play, turn };
})();
