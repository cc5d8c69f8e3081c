# Two commands matter: make demo, make test. Each sets up what it depends on; the first time takes a few minutes.
# make demo ARGS="--port 8010"    make test BROWSER=0    make test ARGS="tests/core -x"
# make screenshots OUT=/tmp/gambar ARGS="--only '/petugas/kasus/*' --as official --states typical --widths 360,1440"

SHELL = /bin/sh
# Tests start many processes: each would compile the whole portal anew where this is set.
export PYTHONDONTWRITEBYTECODE =
PYTHON_VENV = .venv/bin/python
DATA = $(or $(VAR_DIR),var)

.PHONY: help setup libraries static start demo test mutants screenshots approve bench lint-bpmn
.SILENT:

help:
	echo "make demo    portal dengan data contoh di http://127.0.0.1:8000 (Ctrl-C menghentikan)"
	echo "make start   portal kosong untuk kantor sungguhan (Ctrl-C menghentikan)"
	echo "make test    seluruh pemeriksaan dan uji"
	echo "make mutants ARGS=\"services/actions\"  perubahan kecil pada kode yang lolos dari uji"
	echo "make screenshots  gambar semua halaman dalam semua keadaan, di luar repositori"
	echo "make approve  dua belas halaman seperti sekarang menjadi gambar pembanding uji tampilan"
	echo "make setup   hanya lingkungan Python di .venv"
	echo "make bench   ukur kecepatan"
	echo "make lint-bpmn  periksa ekspor BPMN dengan bpmn.io (perlu Node.js)"

setup:
	setup/python-environment

libraries: setup
	setup/system-libraries

# Hashed and compressed, made anew only when something changed.
static: libraries
	made="$(DATA)/static/staticfiles.json"; \
	if [ ! -e "$$made" ] || [ -n "$$(find static .venv/.setup-done -newer "$$made" | head -n 1)" ]; then \
		echo "Menyiapkan berkas statis …"; \
		$(PYTHON_VENV) manage.py collectstatic --noinput -v0; \
	fi

# exec: Ctrl-C and signals go straight to the portal. It collects static files by itself.
start: libraries
	exec $(PYTHON_VENV) manage.py start $(ARGS)

demo: static
	exec $(PYTHON_VENV) manage.py demo $(ARGS)

test: setup
	if [ "$(BROWSER)" = 0 ]; then setup/system-libraries; else setup/system-libraries --browser; fi
	echo "Memeriksa kode …"
	$(PYTHON_VENV) -m ruff check -q .
	$(PYTHON_VENV) -m ruff format --check -q .
	find . -name '*.html' -not -path './.*' -not -path './var/*' -print0 | xargs -0 -r .venv/bin/djade --check --target-version 5.2
	echo "Memeriksa tipe …"
	PORTAL_ENV=test $(PYTHON_VENV) -m mypy --cache-dir "$(DATA)/types" --no-error-summary || { \
		echo "Tipe di atas tidak sesuai; perbaiki dahulu (aturannya di pyproject.toml)." >&2; exit 1; }
	echo "Menjalankan uji …"
	if [ "$(BROWSER)" = 0 ]; then \
		echo "Uji peramban dilewati (BROWSER=0)."; \
		exec $(PYTHON_VENV) -m pytest -q -n 2 --dist loadgroup -m "not browser" $(ARGS); \
	fi; \
	exec $(PYTHON_VENV) -m pytest -q -n 2 --dist loadgroup $(ARGS)

# Not part of the tests: it takes as long as it is given. Paths, "sql" for the database's guards, --seconds, --count, --seed.
mutants: setup
	setup/system-libraries
	exec $(PYTHON_VENV) -m tests.mutants $(ARGS)

# Every page of every role in its states, as contact sheets in OUT (a new temporary folder by default). --only, --as,
# --states, --widths, --schemes select.
screenshots: setup
	setup/system-libraries --browser
	OUT="$(OUT)" exec $(PYTHON_VENV) -m tests.screenshots $(ARGS)

# The pictures that tests/browser/test_approved.py compares twelve pages with; look at them before they are committed.
approve: setup
	setup/system-libraries --browser
	APPROVE=1 exec $(PYTHON_VENV) -m pytest -q -n 0 tests/browser/test_approved.py

bench: static
	exec $(PYTHON_VENV) -m tests.load.bench $(ARGS)

# A check for development: the tools of bpmn.io on every SOP's export. Without Node.js these tests are skipped.
lint-bpmn: setup
	if ! command -v npm > /dev/null; then echo "Node.js dengan npm tidak ada; pasang dahulu (apt install nodejs npm)." >&2; exit 1; fi
	cd tests/bpmn && npm ci --no-audit --no-fund --silent
	exec $(PYTHON_VENV) -m pytest -q -n 0 tests/sop/exchange/test_bpmn.py $(ARGS)
