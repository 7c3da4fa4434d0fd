"""The model types whose operations are stated exactly: on each, torch's own counter agrees (docs/costs.md)."""

TYPES = """
    afmoe apertus arcee aria_text axk1 bert bert-generation biogpt bitnet bloom camembert cohere cohere2 cohere2_moe
    cohere_compass_text ctrl cwm data2vec-text deepseek_v3 distilbert dots1 electra ernie4_5 ernie4_5_moe esmc
    eurobert exaone4 exaone_moe falcon flex_olmo flint gemma gemma2 gemma3_text glm glm4 glm4_moe gpt2 gpt_bigcode
    gpt_neo gpt_neox gpt_neox_japanese granite granite_swa granitemoe granitemoe_swa granitemoeshared gte
    hunyuan_v1_dense hunyuan_v1_moe hy_v3 hyperclovax ibert internlm3 iquestcoder jais2 jina_embeddings_v3 kolibri1
    laguna llama megatron-bert mellum minicpm3 minimax_m2 ministral ministral3 mistral mixtral modernbert
    modernbert-decoder mpnet mpt nanochat nemotron nomic_bert olmo olmo2 olmo3 olmoe openai-gpt opt phi3 qwen2
    qwen2_moe qwen3 qwen3_moe rembert roberta roberta-prelayernorm roc_bert roformer seed_oss smollm3 solar_open
    starcoder2 ultrabert vaultgemma xglm xlm-roberta xlm-roberta-xl youtu
"""
COSTED = frozenset(TYPES.split())
