"""Flags that have effect together: in every row of effects.py all of them or none."""

COSINE = ("child_lr_max", "child_lr_min", "child_lr_T_0", "child_lr_T_mul")
STEPS = ("child_lr", "child_lr_dec_rate", "child_lr_dec_every")
# Means of training that a network does not have afterwards.
TRAINING = (
    *("data_pad", "data_flip", "child_use_aux_heads", "child_drop_path_keep_prob"),
    *("child_keep_prob", "child_cutout_size", "child_l2_reg", "child_momentum"),
    *("child_clip_mode", "child_grad_bound", "child_lr_cosine", *COSINE, *STEPS),
    *("child_bptt_steps", "child_init_range", "child_drop_e", "child_drop_i"),
    *("child_drop_x", "child_drop_l", "child_drop_o", "child_drop_w", "child_alpha"),
    *("child_beta", "child_weight_decay", "child_nonmono"),
    *("child_arcs_per_step", "child_sampling", "child_sampling_epochs"),
    *("child_update", "child_softmax_samples", "jit_compile"),
)
UPDATES = (
    *("controller_train_every", "controller_train_steps", "controller_num_aggregate"),
    *("controller_warmup_epochs", "controller_lr", "controller_adam_beta1"),
    *("controller_adam_epsilon", "controller_l2_reg", "controller_bl_dec"),
    *("controller_normalize_advantage", "controller_entropy_weight"),
    *("controller_skip_target", "controller_skip_weight", "controller_reward"),
    *("controller_baseline", "controller_reward_batch", "controller_batch_size"),
    *("controller_lr_schedule", "controller_decision_bias"),
)
