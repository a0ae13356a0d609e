// A sound that needs no file: two short tones. A browser lets a page sound only after a click or a key on it.

/** @type {AudioContext | null} */ let audio = null;

/** Prepares the sound. Called on a click or a key, or the browser keeps it silent. */
export function awaken() {
  audio ??= new AudioContext();
  void audio.resume();
}

/** Whether the browser lets this page sound. */
export const mayChime = () => audio?.state === "running";

/** Frequencies in hertz, and when they begin, in seconds. @type {[number, number][]} */
const TONES = [[660, 0], [880, 0.22]];

export function chime() {
  if (!audio || !mayChime()) return;
  for (const [hertz, after] of TONES) {
    const [begin, tone, volume] = [audio.currentTime + after, audio.createOscillator(), audio.createGain()];
    tone.frequency.value = hertz;
    // A tone that begins or ends at once clicks.
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.4);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + 0.42);
  }
}
