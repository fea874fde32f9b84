# Every command of the project; `make` lists them. Settings go behind: make eval RUN=smoke-advice-qlora

PYTHON  ?= python3
export PERMISSION ?=
# Axolotl reports its use to its makers otherwise.
export AXOLOTL_DO_NOT_TRACK := 1
PY      := .venv/bin/python
BROWSER ?= lists
RUN     ?= advice-polyglot-ko-1.3b-qlora
RAW     := data/raw/essays.jsonl
SITE    ?= https://www.jobkorea.co.kr
TYPES   ?= 대기업,중견기업,외국계,매출1000대기업

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PRECIOUS: $(RAW)
.PHONY: help demo test check crawl reparse data rewrites doctor train smoke-bases merge push card track eval kobest judge rate ratings report interview interview-rows interview-train interview-eval \
        qa-demo tokenizers study-size write-models \
        bench-crawl bench-data bench-eval bench-interview bench-train browser FORCE

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

.venv/ready: pyproject.toml constraints.txt
	@echo "making .venv: a few minutes, about 5 GB"
	@$(PYTHON) bootstrap.py environment

browser:
	@$(if $(filter never,$(BROWSER)),:,$(PYTHON) bootstrap.py browser)

# ---- the demo: each file from the ones before it ------------------------------------------------

DEMO   := smoke-advice-qlora
NOTICE := 시연용 결과입니다. 지어낸 자기소개서와 이 컴퓨터에서 처음부터 학습한 작은 모델을 썼으므로 실제 조언에 쓸 수 없습니다.
QUIET  := LOG_LEVEL=ERROR AXOLOTL_LOG_LEVEL=ERROR TRANSFORMERS_VERBOSITY=error PYTHONWARNINGS=ignore \
          WANDB_SILENT=true HF_DATASETS_DISABLE_PROGRESS_BARS=1 HF_HUB_DISABLE_PROGRESS_BARS=1
CPU    := OMP_NUM_THREADS=$(shell nproc) $(QUIET)
TRAIN  := $(PY) -m axolotl_configs.train --no-doctor --no-rows --fresh

demo: export HF_HUB_OFFLINE := 1
demo: export WANDB_MODE := disabled
demo: runs/$(DEMO)/eval/result.json ## replica site to scored report, on this machine alone; SEED=11: other essays
	@$(PY) -m eval.report --run $(DEMO) --out reports/demo --table --notice "$(NOTICE)"

$(RAW): FORCE | .venv/ready browser
	@echo "1/7 crawl the replica site"
	@$(PY) -m crawler.crawl --site replica --browser $(BROWSER) --fresh --out $@ \
	  $(if $(SEED),--replica-seed $(SEED))

# The invented answers share their sentences by design, so no share of them stops the build.
data/report/report.json: $(RAW) $(wildcard preprocess/*.py)
	@echo "2/7 turn essays into rows"
	@$(PY) -m preprocess.build --raw $(RAW) --validation 0.03 --test 0.09 --unseen-firms 0 --most-shared 1

data/smoke-model/config.json: data/report/report.json
	@echo "3/7 train a tokenizer"
	@$(PY) -m preprocess.smoke_model

runs/smoke-base/trained: data/smoke-model/config.json axolotl_configs/smoke-base.yml
	@echo "4/7 train a small model from scratch: about 2 minutes"
	@$(TRAIN) smoke-base

runs/$(DEMO)/trained: runs/smoke-base/trained axolotl_configs/$(DEMO).yml
	@echo "5/7 fine-tune it with QLoRA: about 4 minutes"
	@$(TRAIN) $(DEMO)

runs/$(DEMO)/eval/predictions/tuned-1shot.jsonl: runs/$(DEMO)/trained
	@echo "6/7 answer the test essays, four ways: about 2 minutes"
	@$(CPU) $(PY) -m eval.generate --run $(DEMO) --batch 64

runs/$(DEMO)/eval/result.json: runs/$(DEMO)/eval/predictions/tuned-1shot.jsonl $(wildcard eval/*.py eval/*/*.py)
	@echo "7/7 score and report"
	@$(PY) -m eval.score --run $(DEMO) > /dev/null # the report prints the table

# ---- the real job -------------------------------------------------------------------------------

crawl: .venv/ready browser ## essays of SITE, with PERMISSION="who, when, for what"
	$(PY) -m crawler.crawl --site $(SITE) --types $(TYPES) --browser $(BROWSER) --out $(RAW) \
	  $(if $(FIELDS),--fields $(FIELDS)) $(if $(ANALYSED),--analysed) $(if $(LIMIT),--limit $(LIMIT)) \
	  --permission "$$PERMISSION"

reparse: .venv/ready ## the kept pages of SITE again, with today's parser, without asking it
	$(PY) -m crawler.reparse --site $(SITE) --out $(RAW)

data: .venv/ready ## essays to Alpaca rows; the replica's need SHARED=1
	$(PY) -m preprocess.build --raw $(RAW) $(if $(SHARED),--most-shared $(SHARED))

rewrites: .venv/ready ## answers rewritten after the experts' advice, by the endpoint in OPENAI_BASE_URL
	$(PY) -m preprocess.rewrites_build

doctor: .venv/ready ## can this machine train RUN? every fault with its cure
	$(PY) -m axolotl_configs.doctor $(RUN)

train: .venv/ready ## doctor, then fine-tune RUN with Axolotl; stopped, it goes on
	$(PY) -m axolotl_configs.train $(RUN) $(if $(FRESH),--fresh)

# From the data that is there; the replica is crawled where there is none.
smoke-bases: $(if $(wildcard data/alpaca/advice/train.jsonl),.venv/ready,data/report/report.json) ## tiny bases for smoke-neox-lora and smoke-llama-lora
	$(PY) -m preprocess.smoke_model
	$(PY) -m axolotl_configs.smoke_bases

merge: .venv/ready ## RUN's adapter into its base, with a proof that nothing was lost
	$(PY) -m axolotl_configs.merge $(RUN)

push: .venv/ready ## the merged RUN to the hub as REPO=owner/name, with HF_TOKEN
	$(PY) -m axolotl_configs.push $(RUN) --repo $(REPO) $(if $(PRIVATE),--private)

card: .venv/ready ## the model card of RUN again, with the scores that came since
	$(PY) -m axolotl_configs.model_card $(RUN)

track: .venv/ready ## scores and predictions of RUN into its W&B run
	$(PY) -m axolotl_configs.tracking $(RUN) $(if $(WORKSPACE),--workspace)

eval: .venv/ready ## answers, scores and report of RUN; SYSTEM=openai:… asks another model too
	$(PY) -m eval.generate --run $(RUN) $(if $(SYSTEM),--system $(SYSTEM)) $(if $(SPLIT),--split $(SPLIT))
	$(PY) -m eval.score --run $(RUN) $(if $(SPLIT),--split $(SPLIT))
	$(PY) -m eval.report --run $(RUN) --out reports/$(RUN)$(if $(SPLIT),-$(SPLIT)) $(if $(SPLIT),--split $(SPLIT))

kobest: .venv/ready ## KoBEST of RUN: base and fine-tuned beside the floor, from DATA or the hub
	$(PY) -m eval.kobest --run $(RUN) $(if $(DATA),--data $(DATA)) $(if $(SHOTS),--shots $(SHOTS)) \
	  $(if $(LIMIT),--limit $(LIMIT))

judge: .venv/ready ## a model judges RUN's answers: MODEL=name at OPENAI_BASE_URL, AGAINST="base retrieval"
	$(PY) -m eval.judge --run $(RUN) $(if $(MODEL),--model $(MODEL)) $(if $(AGAINST),--against $(AGAINST)) \
	  $(if $(LIMIT),--limit $(LIMIT)) $(if $(SPLIT),--split $(SPLIT)) $(if $(TIMEOUT),--timeout $(TIMEOUT))

rate: .venv/ready ## a page on which RATER compares pairs of RUN's answers
	$(PY) -m eval.rate --run $(RUN) $(if $(RATER),--rater $(RATER)) $(if $(SYSTEMS),--systems $(SYSTEMS)) \
	  $(if $(PORT),--port $(PORT)) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(SPLIT),--split $(SPLIT))

ratings: .venv/ready ## what people said of RUN: win rates, marks, agreement
	$(PY) -m eval.ratings --run $(RUN) $(if $(SPLIT),--split $(SPLIT))

report: .venv/ready ## the report of RUN again, or of several: RUNS="a b" NAME=both
	$(PY) -m eval.report --runs $(or $(RUNS),$(RUN)) --out reports/$(or $(NAME),$(if $(RUNS),together,$(RUN))) \
	  $(if $(SPLIT),--split $(SPLIT))

interview: .venv/ready ## a job interview in this terminal: INTERVIEW=data MODEL=runs/RUN TRANSCRIPT=FILE
	@$(PY) -m interview.talk $(if $(INTERVIEW),--interview $(INTERVIEW)) $(if $(MODEL),--model $(MODEL)) \
	  $(if $(ENCODER),--encoder $(ENCODER)) $(if $(TRANSCRIPT),--transcript "$(TRANSCRIPT)")

interview-rows: .venv/ready ## rows for a model that says the next question
	$(PY) -m interview.rows $(if $(STUDY),--study $(STUDY))

interview-train: .venv/ready ## a Sentence-BERT picks the answers: BASE=folder or name@commit
	$(PY) -m interview.train $(if $(BASE),--base $(BASE)) $(if $(STUDY),--study $(STUDY)) $(if $(FRESH),--fresh)

interview-eval: .venv/ready ## the interviewer's picks beside what is simple, and whole dialogues
	$(PY) -m interview.evaluate $(if $(ENCODER),--encoder $(ENCODER)) $(if $(MODEL),--model $(MODEL)) \
	  $(if $(STUDY),--study $(STUDY))

# ---- two studies --------------------------------------------------------------------------------

# Rows of another file, made since, give way to the library's: the page calls them invented.
data/qa-library: $(wildcard preprocess/qa*.py preprocess/content/qa* data/alpaca/qa/train.jsonl) | .venv/ready
	@$(PY) -m preprocess.qa
	@touch $@

runs/qa-smoke/trained: data/qa-library axolotl_configs/qa-smoke.yml
	@$(TRAIN) qa-smoke

# All four, so that answers to another file's questions give way.
runs/qa-smoke/eval/predictions/tuned-1shot.jsonl: runs/qa-smoke/trained
	@$(CPU) $(PY) -m eval.generate --run qa-smoke

# Trained where the demo's base is there; retrieval and the constant are scored anyway.
QA_BASE := $(wildcard runs/smoke-base/trained)
qa-demo: export HF_HUB_OFFLINE := 1
qa-demo: export WANDB_MODE := disabled
qa-demo: data/qa-library $(if $(QA_BASE),runs/qa-smoke/eval/predictions/tuned-1shot.jsonl) ## questions on a small domain: rows, a page, scores
	@$(PY) -m eval.score --run qa-smoke $(if $(QA_BASE),,--baselines-alone) > /dev/null # the report prints the table
	@$(PY) -m eval.report --run qa-smoke --out reports/qa-demo --table --notice "지어낸 질문과 이 컴퓨터에서 처음부터 학습한 작은 모델로 낸 시연용 결과입니다."

write-models: .venv/ready ## GPT-2 without weights and its tokenizer, for the runs write-gpt-*
	$(PY) -m preprocess.write_models

tokenizers: $(if $(wildcard data/alpaca/write/train.jsonl),.venv/ready,data/report/report.json) ## BPE, Unigram and WordPiece of the same text, compared
	$(PY) -m eval.study_tokenizers

study-size: $(if $(wildcard data/alpaca/write/train.jsonl),.venv/ready,data/report/report.json) ## loss against size, with what a broken validation would show; SCALE=full on a card
	$(PY) -m eval.study_size $(if $(SCALE),--scale $(SCALE)) $(if $(SEEDS),--seeds $(SEEDS)) \
	  $(if $(ROWS),--rows $(ROWS)) $(if $(EPOCHS),--epochs $(EPOCHS))

# ---- checks -------------------------------------------------------------------------------------

bench-crawl: .venv/ready browser ## parsing and crawling, each beside what a user would use instead
	$(PY) -m benchmarks.parse_pages
	$(PY) -m benchmarks.crawl

bench-data: .venv/ready ## the data step at the site's size and ten times that; near-duplicates
	$(PY) -m benchmarks.data
	$(PY) -m benchmarks.near_duplicates --essays 100000

bench-eval: .venv/ready ## scoring and the bootstrap, beside the plain way
	$(PY) -m benchmarks.eval

bench-interview: .venv/ready ## turns a second, beside encoding every candidate again
	$(PY) -m benchmarks.interview

bench-train: .venv/ready ## training speed and memory, gain by gain; needs CUDA
	$(PY) -m benchmarks.train

test: .venv/ready browser check ## every check: format, lint, types, tests
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder # the long files come first

check: .venv/ready ## format, lint and types alone
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
