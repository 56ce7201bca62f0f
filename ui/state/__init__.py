"""What a session remembers and what its link says: every session-state key of the app, by concern.

    keys     of widgets
    screen   the settings and the run on screen, what a lesson hides, and the address that says all this (`ui.link`)
    tries    what is under way
    books    answers for the pictures that a session brought
    learning what the Learn page shows
    touring, showing, bringing_in, choosing

To add a key: a constant in one of them, a typed reader and a typed writer, both named here. Keys of widgets are
taken over by themselves.
"""

from ui.link import FIELDS, HIDE_PARAMETER, JOB_PARAMETER, LINKED, PRIVATE, RUN_PARAMETER, SEEDS_PARAMETER
from ui.state.books import answer_book, circuit_book, other_answer_book, reason_book, turned
from ui.state.bringing_in import (
    bring_in_job,
    bring_in_round,
    brought_in,
    brought_in_warnings,
    forget_brought_in,
    head_rows,
    remember_bring_in_job,
    remember_brought_in,
    remember_head_rows,
    remember_refused,
    remember_rows_job,
    rows_job,
)
from ui.state.choosing import (
    again_of,
    choose_runs,
    chosen_runs,
    is_news,
    just_deleted,
    note_again,
    note_deleted,
    runs_table_key,
    tick_runs,
)
from ui.state.keys import *
from ui.state.learning import TERM_PARAMETER, TOPIC_PARAMETER, learn_place, show_in_learn
from ui.state.screen import (
    choose,
    choose_preset,
    choose_settings,
    complaints,
    follow_link,
    hidden,
    hides,
    job,
    job_is_lost,
    kept_record,
    link,
    link_query,
    lose_job,
    lose_seeds_job,
    open_run,
    seeds_job,
    seeds_job_is_lost,
    settings,
    show_everything,
    show_job,
    show_kept_run,
    show_seeds_job,
    write_link,
)
from ui.state.showing import SHOW_PARAMETER, director, end_show, show_data, showing
from ui.state.touring import STOP_PARAMETER, heads_job, show_heads_job, show_tour_stop, tour_stop
from ui.state.tries import (
    attempt,
    is_double_click,
    note_attempt,
    note_start,
    note_tried,
    owner,
    playground,
    replace_forecast,
    replace_map,
    tried,
)
