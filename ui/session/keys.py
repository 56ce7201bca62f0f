"""The keys of widgets: what a session knows them by, one constant a widget, or a function for one of many alike."""

from __future__ import annotations

PLAYGROUND, SEEDS, SEEDS_OPEN = "playground", "seed_count", "seeds_open"
LOGGED_FOR = "logged_for"
START_FROM = "start_from_run"
SHARE_OPEN, SHARE_RUN, SHARE_ORIGIN = "share_open", "share_run", "share_origin"
SHARE_TASK, SHARE_RUN_IN_LESSON = "share_task", "share_run_in_lesson"
SHARE_STUDY = "share_study"
PRESET, PRESET_SHOWN = "preset", "preset_shown"
EXACT_RATE, MORE_EPOCHS, PACE = "exact_learning_rate", "more_epochs", "replay_pace"
CHANGES_ASKED, COMPARED_AMOUNT = "changes_asked", "compared_amount"
RESULT_TABS, GALLERY_FILTER, GALLERY_PAGE = "result_tabs", "gallery_filter", "gallery_page"
TABLE_FILE, TABLE_REFUSED, TABLE_KEPT = "table_file", "table_refused", "table_kept"
TABLE_LABEL, TABLE_COLUMNS = "field_table_label", "field_table_columns"
FIGURES_PART, REPEAT_BY, FOLDS = "figures_part", "repeat_by", "folds"
HEAD_TABS, TAKE_PICTURES = "head_tabs", "take_pictures_along"
IMPORT_HEAD = "import_head"  # which kind of head a file without a circuit holds
IMPORT_FILE, IMPORT_CLASSES, IMPORT_DEPTH, IMPORT_BACKBONE, IMPORT_LAYOUT = (
    "bring_in_file",
    "bring_in_classes",
    "bring_in_depth",
    "bring_in_backbone",
    "bring_in_layout",
)
TAKE_ALONG_LAYOUT = "take_along_layout"
MATRIX, CELL, CELL_PAGE = "matrix", "matrix_cell", "cell_page"
MAP, MAP_QUBITS, PLANE, POINT = "map", "map_qubits", "number_plane", "point"
TRAIN_LAYOUT = "train_layout"
MACHINE_MODEL, MACHINE_MAP, MACHINE_LAYOUT, MACHINE_TIMES = (
    "machine_model",
    "machine_map",
    "machine_layout",
    "machine_times",
)
PREDICT_MODEL, PREDICT_FROM, PREDICT_FILES, PREDICT_CAMERA = (
    "predict_model",
    "predict_from",
    "predict_files",
    "predict_camera",
)
PREDICT_OTHER, PREDICT_WHOSE, PREDICT_TEMPERATURE = "predict_other", "predict_whose", "predict_temperature"
PREDICT_EXAMPLES, PREDICT_PAGE, PREDICT_SHOWN = "predict_examples", "predict_page", "predict_shown"
PREDICT_ORDER, PREDICT_GALLERY, PREDICT_TABLE = "predict_order", "predict_gallery", "predict_table"
JOURNEY_PART = "journey_part"
HEAT_SHOWN, HEAT_METHOD, HEAT_VIEW, HEAT_OPACITY = "heat_shown", "heat_method", "heat_view", "heat_opacity"
NEIGHBOURS_SHOWN = "neighbours_shown"
CIRCUIT_SOURCE, CIRCUIT_RUN = "circuit_source", "circuit_run"
CIRCUIT_GATE, CIRCUIT_CHART = "circuit_gate", "circuit_chart"
CIRCUIT_STEP, CIRCUIT_PLAYING = "circuit_step", "circuit_playing"
CIRCUIT_INPUT, CIRCUIT_PICTURE, CIRCUIT_UPLOAD = "circuit_input", "circuit_picture", "circuit_upload"
CIRCUIT_COLOURS, CIRCUIT_NOISE = "circuit_colours", "circuit_noise"
ANSATZ_COMPARED = "ansatz_compared"
HOME_TRACES, SHOW = "home_walks", "show_stage"
TOUR_PICTURE, TOUR_TRICKED = "tour_picture", "tour_tricked"
TOUR_TRACES, TOUR_BACK, TOUR_NEXT = "tour_walks", "tour_back", "tour_next"
TOUR_PLANE, TOUR_WAY = "tour_plane", "tour_carried_way"
DATA_CLASS, DATA_SPLIT, DATA_PAGE, DATA_COPIES = "data_class", "data_split", "data_page", "data_copies"
DATA_FINDINGS = "data_findings"
TIMM_OPEN, TIMM_CHOICE = "timm_open", "timm_choice"
LEARN_PART, LEARN_TOPIC, LEARN_TERM = "learn_part", "learn_topic", "learn_term"
RUNS_SEARCH, RUNS_STATES, RUNS_DATA, RUNS_BACKBONES = "runs_search", "runs_states", "runs_data", "runs_backbones"
RUNS_TAGS, RUNS_STARRED, RUNS_ORDER, RUNS_ALL = "runs_tags", "runs_starred", "runs_order", "runs_all"
RUNS_DISAGREEMENTS, RUNS_FORGET = "runs_disagreements", "runs_forget"

STUDY_VARIES, STUDY_REPEAT, STUDY_SEEDS, STUDY_FOLDS = "study_varies", "study_repeat", "study_seeds", "study_folds"
STUDY_TRY, STUDY_SAMPLE, STUDY_TRIALS, STUDY_SAMPLER = "study_try", "study_sample", "study_trials", "study_sampler"
STUDY_NAME, STUDY_BUDGET, STUDY_MEASURE, STUDY_FILE = "study_name", "study_budget", "study_measure", "study_file"
STUDY_CHART, STUDY_AXIS = "study_chart", "study_axis"
STUDY_COMPARE, STUDY_READING = "study_compare", "study_reading"


def field_key(name: str) -> str:
    """The key of the widget that shows the setting `name`."""
    return f"field_{name}"


def part_key(name: str, part: str) -> str:
    """The key of the widget that says whether a part of the head is among those that the setting `name` lists."""
    return f"part_{name}_{part}"


def study_values_key(name: str) -> str:
    """The key of the widget that holds the values of the setting `name` that a study tries."""
    return f"study_values_{name}"


def study_range_key(name: str) -> str:
    """The key of the widget that holds the ends of a range of the setting `name`."""
    return f"study_range_{name}"


def study_by_key(name: str) -> str:
    """The key of the widget that says whether values of the setting `name` are a range or a list."""
    return f"study_by_{name}"


def guess_key(number: int) -> str:
    """The key of the button that lies over picture `number` of the tour's first stop."""
    return f"tour_guess_{number}"


def goes_on_key(job_id: str) -> str:
    """The key of the widget that lets a run go on with nobody looking at it."""
    return f"goes_on_{job_id}"


def open_layers_key(depth: int, wide: bool) -> str:
    """The key of the widget that says which of `depth` layers are drawn in full; in a wide circuit few usually are."""
    return f"circuit_layers_{depth}_{'some' if wide else 'all'}"


def heat_target_key(answer: int) -> str:
    """The key of the widget that says what a heat map is of, for pictures whose answer is this class."""
    return f"heat_target_{answer}"


def picture_angle_key(wire: int) -> str:
    """The key of the widget that holds a picture's angle on this wire."""
    return f"circuit_angle_{wire}"


def other_ansatz_key(name: str) -> str:
    """The key of the widget that holds the setting `name` of the ansatz to compare with."""
    return f"ansatz_other_{name}"


def learn_key(topic: str, name: str) -> str:
    """The key of a widget of the Learn page."""
    return f"learn_{topic}_{name}"


def run_label_key(kind: str, run_id: str) -> str:
    """The key of a widget with which a person writes on a run: its name, note, tags or star."""
    return f"run_{kind}_{run_id}"


def knob_key(circuit: str, index: int) -> str:
    """The key of the widget that turns one trained angle of a circuit."""
    return f"circuit_knob_{circuit}_{index}"


def preset_key(times: int) -> str:
    """Returns the key of the presets' buttons after so many marks that nobody clicked."""
    return f"{PRESET}_{times}" if times else PRESET


def share_hide_key(group: str) -> str:
    """The key of the widget in which a teacher ticks what of this group a lesson's link hides."""
    return f"share_hide_{group}"
