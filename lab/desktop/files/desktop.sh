#!/bin/bash
# What an image's entry point does: display, sound, window manager, a terminal, and the stream of it all. Ends when display
# or stream do, so that the kubelet starts it anew.
export DISPLAY=:20 XDG_RUNTIME_DIR=/tmp/runtime PYTHONPATH=/opt/selkies LANG=C.UTF-8
mkdir -p -m 700 "$XDG_RUNTIME_DIR"
cd "$HOME" || exit 1

# Of a display that was killed: whoever finds its socket takes the next one for ready.
rm -f /tmp/.X20-lock /tmp/.X11-unix/X20
# The largest size that a browser gets. Without -noreset, the background is gone where the program that sets it is, for a
# moment, the last one that is connected.
Xvfb "$DISPLAY" -screen 0 "${DESKTOP_LARGEST:-2560x1440}x24" -noreset -nolisten tcp +extension RANDR >/tmp/display.log 2>&1 &
display=$!
pulseaudio -n --exit-idle-time=-1 --load="module-null-sink sink_name=output" --load=module-native-protocol-unix \
  >/tmp/sound.log 2>&1 &
for _ in {1..500}; do xdpyinfo >/dev/null 2>&1 && break; sleep 0.01; done
(
  openbox >/tmp/windows.log 2>&1 &
  xsetroot -solid '#2b3a4a'
  exec xterm -fa 'DejaVu Sans Mono' -fs 11 -geometry 90x28+40+40 -bg '#fbfbf8' -fg '#1c2430' -title Terminal
) >/dev/null 2>&1 &
python3 -m selkies &
stream=$!
trap 'kill -TERM "$stream" "$display" 2>/dev/null; exit 0' TERM INT
wait -n "$display" "$stream"
code=$?
kill -TERM "$stream" "$display" 2>/dev/null
exit "$code"
