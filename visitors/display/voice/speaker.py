"""Speak a text into a WAV file with eSpeak NG: ``python speaker.py OUT`` reads the text from standard input.

It runs in a process of its own, without Django, because the library is not thread-safe and a crash in it must not stop
the portal. The library and its Indonesian voice come with the wheel ``espeakng-loader``.
"""

import ctypes
import os
import sys
import wave

# espeak-ng's speak_lib.h
SYNCHRONOUS, DONT_EXIT, UTF8, OK = 2, 0x8000, 1, 0
RATE, PITCH, WORD_GAP = 1, 3, 7
# Words a minute and the gap between words in 10 ms: slower than its usual 175, for a room with echo.
WORDS_A_MINUTE, GAP = 135, 2
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def speak(text: str, out: str) -> None:
    """Write the text, read in Indonesian, as 16-bit mono WAV to ``out``.

    Raises: RuntimeError when eSpeak NG fails.
    """
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    samples = bytearray()

    def take(data: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None) -> int:
        if data and count > 0:
            samples.extend(ctypes.string_at(data, count * 2))
        return 0

    callback = CALLBACK(take)
    path = os.path.dirname(espeakng_loader.get_data_path()).encode()
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, path, DONT_EXIT)
    if rate <= 0:
        raise RuntimeError("eSpeak NG did not start")
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(b"id") != OK:
        raise RuntimeError("eSpeak NG has no Indonesian voice")
    library.espeak_SetParameter(RATE, WORDS_A_MINUTE, 0)
    library.espeak_SetParameter(WORD_GAP, GAP, 0)
    words = text.encode() + b"\0"
    if library.espeak_Synth(words, len(words), 0, 0, 0, UTF8, None, None) != OK:
        raise RuntimeError("the text could not be spoken")
    library.espeak_Synchronize()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(bytes(samples))


if __name__ == "__main__":
    speak(sys.stdin.read(), sys.argv[1])
