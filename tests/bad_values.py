"""Command lines that are refused, and what the one line says (test_bad_input.py)."""

GOOD_ARC = "0 1 0"
GENOTYPE = (
    "Genotype(normal=[('sep_conv_3x3', 0), ('skip_connect', 1), ('sep_conv_3x3', 0), "
    "('skip_connect', 1)], normal_concat=[2, 3], reduce=[('sep_conv_3x3', 0), "
    "('skip_connect', 1), ('sep_conv_3x3', 0), ('skip_connect', 2)], "
    "reduce_concat=[3])"
)


# (arguments, fragments of the line), by what is wrong.
VALUES = {
    "average": (["--search_for=rnn", "--child_average=mean"], ["=mean", "loose, all"]),
    "space": (["--search_for=makro"], ["--search_for=makro", "macro"]),
    "mode": (["--mode=serach"], ["--mode=serach", "search, derive, train"]),
    "report": (["--report=maybe"], ["--report=maybe", "yes, no, live"]),
    "executor": (["--executor=slurm"], ["--executor=slurm", "local, ray"]),
    "form of runs": (
        ["--mode=runs", "--runs_format=pdf"],
        ["--runs_format=pdf", "text, csv, latex, html"],
    ),
    "clip mode": (["--child_clip_mode=l2"], ["--child_clip_mode=l2", "norm, global"]),
    "flip": (["--data_flip=maybe"], ["--data_flip=maybe", "auto, yes, no"]),
    "place": (["--data_in_memory=on"], ["--data_in_memory=on", "auto, yes, no"]),
    "reward": (
        ["--controller_reward=speed"],
        [
            "--controller_reward=speed",
            "one of auto, accuracy, perplexity, log_likelihood.",
        ],
    ),
    "reward batch": (["--controller_reward_batch=mine"], ["=mine", "own, common"]),
    "baseline": (
        ["--controller_baseline=none"],
        ["--controller_baseline=none", "moving, aggregate, leave_one_out"],
    ),
    "schedule": (["--controller_lr_schedule=up"], ["=up", "constant, rising"]),
    "sampling": (["--child_sampling=all"], ["=all", "policy, uniform, fair"]),
    "update": (["--child_update=some"], ["=some", "all, used"]),
    "distribution": (
        ["--distribute=all"],
        ["--distribute=all", "none, mirrored, multi_worker"],
    ),
    "XLA for several devices": (
        ["--mode=all", "--jit_compile", "--distribute=mirrored"],
        ["--jit_compile", "--distribute=mirrored", "Leave one of the two out"],
    ),
    "devices": (["--distribute_devices=65"], ["--distribute_devices=65", "0 to 64"]),
    "type": (["--child_precision=half"], ["=half", "float32, bfloat16, float16"]),
    "softmax": (
        ["--search_for=rnn", "--child_softmax=tree"],
        ["=tree", "full, adaptive, sampled"],
    ),
    "cutoffs that fall": (
        ["--search_for=rnn", "--child_softmax_cutoffs=5,3"],
        ["--child_softmax_cutoffs=5,3", "larger than the one before", "2000,10000"],
    ),
    "cutoffs in words": (
        ["--search_for=rnn", "--child_softmax_cutoffs=few"],
        ["--child_softmax_cutoffs=few", "whole numbers from 1 up"],
    ),
    "no samples": (
        ["--search_for=rnn", "--child_softmax_samples=0"],
        ["--child_softmax_samples=0", "from 1 to"],
    ),
    "a tree by XLA": (
        ["--search_for=rnn", "--child_softmax=adaptive", "--jit_compile"],
        ["--jit_compile", "--child_softmax=adaptive", "--child_softmax=sampled"],
    ),
    "rank": (["--derive_rank_by=loss"], ["=loss", "measure, log_likelihood"]),
    "negative bias": (["--controller_decision_bias=-1"], ["from 0.0 to 1000000"]),
    "preset": (["--preset=tiny"], ["--preset=tiny", "paper, cpu, demo"]),
    "empty preset": (["--preset="], ["--preset=''", "paper, cpu, demo"]),
    "no layers": (["--child_num_layers=0"], ["--child_num_layers=0", "from 1 to 200"]),
    "negative layers": (["--child_num_layers=-3"], ["--child_num_layers=-3", "from 1"]),
    "too many layers": (["--child_num_layers=201"], ["=201", "to 200"]),
    "odd filters": (["--child_out_filters=35"], ["even", "--child_out_filters=36"]),
    "no filters": (["--child_out_filters=0"], ["--child_out_filters=0", "from 2"]),
    "no scale": (["--child_out_filters_scale=0"], ["from 1 to 100"]),
    "absurd filters": (["--child_out_filters=4000000000"], ["at most 2147483647"]),
    "no ops": (["--child_num_branches=0"], ["--child_num_branches=0", "from 1 to 6"]),
    "more ops than there are": (["--child_num_branches=7"], ["from 1 to 6"]),
    "keep nothing": (["--child_keep_prob=0"], ["--child_keep_prob=0.0", "above 0"]),
    "keep too much": (["--child_keep_prob=1.5"], ["--child_keep_prob=1.5", "1.0"]),
    "rates crossed": (
        ["--child_lr_min=0.1", "--child_lr_max=0.01"],
        ["--child_lr_min=0.1", "--child_lr_max=0.01"],
    ),
    "negative rate": (["--child_lr=-0.1"], ["--child_lr=-0.1", "at least 0"]),
    "not a number": (["--controller_lr=nan"], ["--controller_lr=nan", "finite"]),
    "infinite": (["--child_l2_reg=inf"], ["--child_l2_reg=inf", "finite"]),
    "minus infinity": (["--child_grad_bound=-inf"], ["--child_grad_bound=-inf"]),
    "a rank of another space": (
        ["--search_for=rnn", "--derive_rank_by=garbage"],
        ["--derive_rank_by=garbage", "one of measure, log_likelihood"],
    ),
    "steps of another space": (["--child_bptt_steps=0"], ["--child_bptt_steps=0"]),
    "no batch": (["--batch_size=0"], ["--batch_size=0", "from 1 to 1000000"]),
    "no epochs": (["--num_epochs=0"], ["--num_epochs=0", "at least 1"]),
    "negative seed": (["--seed=-1"], ["--seed=-1", "from 0 to 2147483647"]),
    "seed beyond int32": (["--seed=2147483648"], ["--seed=2147483648"]),
    "decay above one": (["--controller_bl_dec=1.1"], ["--controller_bl_dec=1.1"]),
    "certain skip": (["--controller_skip_target=1"], ["--controller_skip_target=1.0"]),
    "negative pad": (["--data_pad=-2"], ["--data_pad=-2", "at least -1"]),
    "no derive batches": (["--derive_batches=0"], ["--derive_batches=0", "`all`"]),
    "derive batches in words": (["--derive_batches=ten"], ["--derive_batches=ten"]),
    "one derive sample": (["--derive_num_samples=1"], ["at least 2"]),
    "text for a whole number": (
        ["--child_num_layers=twelve"],
        ["--child_num_layers=twelve", "a whole number"],
    ),
    "fraction for a whole number": (["--batch_size=1.5"], ["=1.5", "a whole number"]),
    "text for a number": (["--child_lr=fast"], ["--child_lr=fast", "a number"]),
    "text for a boolean": (["--progress=maybe"], ["--progress=maybe", "true or false"]),
    "value missing": (["--child_lr"], ["--child_lr has no value", "--child_lr=VALUE"]),
    "preset missing": (["--preset"], ["--preset has no value: write --preset=VALUE"]),
    "another flag for a value": (
        ["--output_dir", "--mode=all"],
        ["--output_dir has no value: --mode=all comes where it should be"],
    ),
    "a negated flag with a value": (
        ["--nochild_lr_cosine=false"],
        ["--nochild_lr_cosine takes no value", "--child_lr_cosine=false"],
    ),
    "a negated flag with no value": (["--noprogress="], ["--noprogress takes no val"]),
    "a negated flag that is true": (["--noprogress=true"], ["Write --progress=true"]),
    "a negated flag that is no switch": (["--noseed=3"], ["Did you mean --seed?"]),
    "a switch with an empty value": (["--progress="], ["--progress=''", "true or fal"]),
    "a negated alias": (["--nofixed_arc=x"], ["--nofixed_arc is not a flag"]),
    "a whole number in powers of ten": (["--seed=1e3"], ["=1e3", "a whole number"]),
    "a number without digits": (["--child_lr="], ["--child_lr=''", "a number"]),
    "a number of thousands of digits": (
        [f"--seed={'9' * 5000}"],
        ["--seed=999", "...", "a whole number"],
    ),
    "digits in groups": (["--num_epochs=1_000"], ["=1_000", "a whole number"]),
    "digits of another script": (["--seed=\u0661"], ["=\u0661", "a whole number"]),
    "wide digits": (["--batch_size=\uff11\uff12"], ["a whole number"]),
    "a space before a number": (["--seed= 3"], ["--seed=' 3'", "a whole number"]),
    "a number in groups": (["--child_lr=0.0_1"], ["=0.0_1", "a number"]),
    "a number of another script": (["--child_lr=\u0661"], ["=\u0661", "a number"]),
    "a number too large": (["--child_lr=1e400"], ["--child_lr=inf", "finite"]),
    "a huge number": ([f"--child_lr=1{'0' * 400}"], ["--child_lr=inf", "finite"]),
    "derive batches in another script": (["--derive_batches=\u0661"], ["`all`"]),
    "endless derive batches": ([f"--derive_batches={'9' * 5000}"], ["`all`"]),
    "no name": (["--=3"], ["'--=3' is not a flag"]),
    "a dash": (["-"], ["'-' is not a flag"]),
    "one dash": (["-seed=x"], ["--seed=x", "a whole number"]),
    "three dashes": (["---seed=3"], ["---seed is not a flag", "--seed?"]),
    "a word behind two dashes": (["--", "macro"], ["'macro' is not a flag"]),
    "help on nothing": (["--help=x"], ["--help=x", "one of run, loop"]),
    "no file of flags": (["--flagfile=no.txt"], ["--flagfile cannot be read (No such"]),
    "a folder of flags": (["--flagfile=/"], ["--flagfile cannot be read (Is a dir"]),
    "a file of flags not named": (["--flagfile"], ["--flagfile has no value"]),
    "undefok without a value": (["--undefok"], ["--undefok has no value"]),
    "not UTF-8": (["--output_dir=\udcff"], ["--output_dir=\\udcff", "UTF-8"]),
    "a flag not UTF-8": (["--\udcff"], ["UTF-8"]),
    "unknown flag": (
        ["--child_num_layer=3"],
        ["--child_num_layer ", "Did you mean --child_num_layers?"],
    ),
    "unknown negated flag": (
        ["--nocontroler_training"],
        ["--nocontroler_training", "--nocontroller_training"],
    ),
    "flag like no other": (["--xyzzy=1"], ["--xyzzy", "--help"]),
    "positional argument": (["macro"], ["'macro' is not a flag"]),
    "arc without quotes": (
        ["--child_fixed_arc", "0", "1", "0"],
        ["'1' is not a flag", "quotes"],
    ),
    "channel ranges": (
        ["--nocontroller_search_whole_channels"],
        ["--controller_search_whole_channels=False", "never published"],
    ),
    "one block": (
        ["--search_for=micro", "--child_num_cells=1"],
        ["--child_num_cells=1", "from 2 to 50"],
    ),
    "too many blocks": (
        ["--search_for=micro", "--child_num_cells=51"],
        ["--child_num_cells=51", "from 2 to 50"],
    ),
    "text for a number of blocks": (["--child_num_cells=x"], ["=x", "a whole number"]),
    "more ops than the micro space has": (
        ["--search_for=micro", "--child_num_branches=6"],
        ["--child_num_branches=6", "at most 5", "the micro space"],
    ),
    "drop every path": (
        ["--search_for=micro", "--child_drop_path_keep_prob=0"],
        ["--child_drop_path_keep_prob=0.0", "above 0 and at most 1"],
    ),
    "keep more paths than there are": (
        ["--search_for=micro", "--child_drop_path_keep_prob=1.1"],
        ["--child_drop_path_keep_prob=1.1", "at most 1"],
    ),
    "divide by nothing": (
        ["--search_for=micro", "--controller_op_tanh_reduce=0"],
        ["--controller_op_tanh_reduce=0.0", "at least 1e-06"],
    ),
    "text for an aux head": (["--child_use_aux_heads=2"], ["=2", "true or false"]),
    "concatenation": (
        ["--search_for=micro", "--child_genotype_concat=ignore"],
        ["--child_genotype_concat=ignore", "refuse, convert"],
    ),
    "genotype in a search": (
        ["--search_for=micro", "--mode=search", f"--child_fixed_arc={GENOTYPE}"],
        ["--child_fixed_arc", "--mode=search"],
    ),
    "blocks against the arc": (
        ["--search_for=micro", "--child_fixed_arc=enas_micro", "--child_num_cells=4"],
        ["--child_num_cells=4", "must be 5", "the arc"],
    ),
    "blocks against the genotype": (
        ["--search_for=micro", f"--child_fixed_arc={GENOTYPE}", "--child_num_cells=5"],
        ["--child_num_cells=5", "must be 2", "the arc"],
    ),
    "train micro without an arc": (
        ["--search_for=micro", "--mode=train"],
        ["outputs/micro/arcs/best.json", "--child_fixed_arc"],
    ),
    "derive without a micro search": (
        ["--search_for=micro", "--mode=derive"],
        ["no search", "outputs/micro"],
    ),
    "nothing to predict": (["--mode=predict"], ["--input", "picture.png"]),
    "no text to predict": (
        ["--search_for=rnn", "--mode=predict"],
        ["--mode=predict needs a text file or a folder of text files", "=text.txt"],
    ),
    "no folder of data": (["--data_path=no/where"], ["--data_path=no/where "]),
    "no arrays": (["--data_path=no/where.npz"], ["no/where.npz cannot be read (No"]),
    "no labels": (["--data_path=x.npy"], ["--data_path=images.npy,labels.npy"]),
    "no table": (["--data_path=no/where.csv"], ["no/where.csv cannot be read (No"]),
    "no folder of a file": (
        ["--data_cache=no/where"],
        ["--data_cache=no/where is no folder", "leave --data_cache out"],
    ),
    "no folder of texts": (
        ["--search_for=rnn", "--data_path=no/where"],
        ["--data_path=no/where", "train.txt"],
    ),
    "no folder of TFDS": (
        ["--data_dir=no/where"],
        ["--data_dir=no/where does not exist", "make the folder first"],
    ),
    "no text of that name": (
        ["--search_for=rnn", "--dataset=cifar10"],
        ["--dataset=cifar10", "one of ptb, python_docs"],
    ),
    "a text for an image": (
        ["--dataset=python_docs"],
        ["--dataset=python_docs", "is a text: add --search_for=rnn"],
    ),
    "a folder with too long a name": (
        [f"--output_dir={'a' * 300}"],
        ["cannot be used (File name too long)"],
    ),
    "arc in a search": (
        ["--mode=search", f"--child_fixed_arc={GOOD_ARC}"],
        ["--child_fixed_arc", "--mode=search"],
    ),
    "arc in everything": (
        ["--mode=all", f"--child_fixed_arc={GOOD_ARC}"],
        ["--child_fixed_arc", "--mode=all"],
    ),
    "layers against the arc": (
        [f"--child_fixed_arc={GOOD_ARC}", "--child_num_layers=3"],
        ["--child_num_layers=3", "must be 2", "the arc"],
    ),
    "reset of what is to be evaluated": (
        ["--mode=evaluate", "--reset_output_dir"],
        ["--reset_output_dir", "--mode=evaluate"],
    ),
    "reset of the arc to train": (
        ["--mode=train", "--reset_output_dir"],
        ["--reset_output_dir", "the arc", "--child_fixed_arc"],
    ),
    "train without an arc": (["--mode=train"], ["best.json", "--child_fixed_arc"]),
    "derive without a search": (["--mode=derive"], ["no search", "outputs/macro"]),
    "evaluate nothing": (["--mode=evaluate"], ["no trained network", "--mode=train"]),
    "export nothing": (["--mode=export"], ["no trained network", "--mode=export"]),
    "predict with nothing": (
        ["--mode=predict", "--input=picture.png"],
        ["no trained network", "--mode=predict"],
    ),
}
