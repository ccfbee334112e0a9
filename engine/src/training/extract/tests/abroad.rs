//! Pages in Spanish, German, French, Italian, Portuguese and Dutch.

use serde_json::json;

use super::states;

#[test]
fn spanish_agent_with_a_list_of_features() {
    states(
        r#"<html lang="es"><head><title>Chalet en venta en Calle Almendro 8, Nerja | Costa Blanca Casas</title></head><body><h1>Chalet en venta en Calle Almendro 8, Nerja</h1><span class="precio">1.250.000 €</span>
        <ul><li>4 dormitorios</li><li>3 baños</li><li>245 m² construidos</li><li>800 m² de parcela</li><li>Año de construcción: 2004</li></ul><h2>Características</h2><ul><li>Piscina privada</li><li>Aire acondicionado</li></ul>
        <div class="hipoteca">Calcula tu hipoteca: 4.120 €/mes</div><h3>Otras propiedades que te pueden interesar</h3><div><a href=/a>Piso 2 dormitorios 180.000 €</a></div></body></html>"#,
        json!({"price_float": 1_250_000, "currency": "EUR", "count_bedrooms": 4, "count_bathrooms": 3, "constructed_area": 245, "area_unit": "sqmt", "year_construction": 2004, "property_type": "Chalet", "for_sale": true, "address_string": "Calle Almendro 8, Nerja"}),
        &["latitude"],
    );
}

#[test]
fn spanish_rental_by_month() {
    states(
        r#"<html lang="es"><title>Piso en alquiler en Calle Mayor, Vigo</title><h1>Piso en alquiler en Calle Mayor, Vigo</h1><p>850 €/mes</p><p>2 hab. | 1 baño | 75 m²</p><p>Fianza: 850 €</p>"#,
        json!({"price_float": 850, "currency": "EUR", "count_bedrooms": 2, "count_bathrooms": 1, "constructed_area": 75, "for_rent": true, "for_sale": false, "property_type": "Piso"}),
        &[],
    );
}

#[test]
fn german_expose_counts_rooms_apart_from_bedrooms() {
    states(
        r#"<html lang="de"><head><title>Einfamilienhaus mit Garten in 79098 Freiburg</title></head><body><h1>Einfamilienhaus mit Garten</h1><table><tr><td>Kaufpreis</td><td>749.000 €</td></tr><tr><td>Wohnfläche ca.</td><td>162,5 m²</td></tr><tr><td>Grundstücksfläche</td><td>540 m²</td></tr><tr><td>Zimmer</td><td>6</td></tr><tr><td>Schlafzimmer</td><td>4</td></tr><tr><td>Badezimmer</td><td>2</td></tr><tr><td>Baujahr</td><td>1987</td></tr><tr><td>Haustyp</td><td>Einfamilienhaus</td></tr><tr><td>Energieeffizienzklasse</td><td>D</td></tr></table><p>Provision: 3,57 %</p></body></html>"#,
        json!({"price_float": 749_000, "currency": "EUR", "count_bedrooms": 4, "count_bathrooms": 2, "constructed_area": 162.5, "year_construction": 1987, "property_type": "Einfamilienhaus"}),
        &["latitude"],
    );
}

#[test]
fn german_rental_without_bedrooms() {
    states(
        r#"<html lang="de"><title>3-Zimmer-Wohnung mieten in Lindenstraße 12, 10969 Berlin</title><link rel=canonical href="https://makler.example.de/mieten/1"><h1>Helle 3-Zimmer-Wohnung</h1><address>Lindenstraße 12, 10969 Berlin</address><dl><dt>Kaltmiete</dt><dd>980,50 €</dd><dt>Nebenkosten</dt><dd>210 €</dd><dt>Warmmiete</dt><dd>1.190,50 €</dd><dt>Wohnfläche</dt><dd>78 m²</dd><dt>Zimmer</dt><dd>3</dd><dt>Kaution</dt><dd>2.941,50 €</dd></dl>"#,
        json!({"price_float": 980.5, "currency": "EUR", "constructed_area": 78, "for_rent": true, "city": "Berlin", "postal_code": "10969"}),
        &["count_bedrooms", "count_bathrooms"],
    );
}

#[test]
fn french_rooms_are_not_bedrooms() {
    states(
        r#"<html lang="fr"><title>Vente appartement 4 pièces 92 m² Lyon (69003)</title><link rel=canonical href="https://agence.example.fr/vente/1"><h1>Appartement 4 pièces 92 m²</h1><p class="prix">398 000 €</p><ul><li>4 pièces</li><li>3 chambres</li><li>1 salle de bain</li><li>Surface : 92 m²</li><li>Année de construction : 1965</li><li>DPE : D</li></ul><p>Honoraires charge vendeur. Charges : 180 € / mois. Taxe foncière : 1 450 €.</p>"#,
        json!({"price_float": 398_000, "currency": "EUR", "count_bedrooms": 3, "count_bathrooms": 1, "constructed_area": 92, "year_construction": 1965, "property_type": "Appartement", "for_sale": true}),
        &[],
    );
    states(
        r#"<html lang="fr"><title>Appartement T3 à louer à Lyon</title><h1>Appartement T3 à louer</h1><p>950 € par mois charges comprises</p><p>3 pièces - 64 m²</p>"#,
        json!({"for_rent": true, "constructed_area": 64}),
        &["count_bedrooms"],
    );
}

#[test]
fn italian_locali_and_camere() {
    states(
        r#"<html lang="it"><title>Trilocale in vendita in Via Garibaldi 5, 20121 Milano (MI)</title><link rel=canonical href="https://casa.example.it/annunci/1"><h1>Trilocale in vendita in Via Garibaldi 5, Milano</h1><div class="prezzo">€ 520.000</div><ul><li>Locali: 3</li><li>Camere da letto: 2</li><li>Bagni: 1</li><li>Superficie: 95 m²</li><li>Anno di costruzione: 1938</li><li>Spese condominio: € 150/mese</li></ul>"#,
        json!({"price_float": 520_000, "currency": "EUR", "count_bedrooms": 2, "count_bathrooms": 1, "constructed_area": 95, "year_construction": 1938, "for_sale": true}),
        &[],
    );
}

#[test]
fn portuguese_typology_and_areas() {
    states(
        r#"<html lang="pt-PT"><title>Apartamento T2 para venda em Faro</title><link rel=canonical href="https://imoveis.example.pt/venda/1"><h1>Apartamento T2 para venda</h1><p>275.000 €</p><table><tr><td>Quartos</td><td>2</td></tr><tr><td>Casas de banho</td><td>2</td></tr><tr><td>Área bruta</td><td>110 m²</td></tr><tr><td>Área útil</td><td>94 m²</td></tr><tr><td>Ano de construção</td><td>2011</td></tr></table>"#,
        json!({"price_float": 275_000, "currency": "EUR", "count_bedrooms": 2, "count_bathrooms": 2, "constructed_area": 110, "year_construction": 2011, "property_type": "Apartamento", "for_sale": true}),
        &[],
    );
}

#[test]
fn brazilian_price_with_fees_beside_it() {
    states(
        r#"<html lang="pt-BR"><title>Apartamento à venda em Copacabana</title><link rel=canonical href="https://imoveis.example.com.br/venda/1"><h1>Apartamento à venda em Copacabana</h1><p class="price">R$ 1.150.000</p><p>Condomínio R$ 1.200</p><p>IPTU R$ 350</p><ul><li>120 m²</li><li>3 quartos</li><li>2 banheiros</li><li>1 vaga</li></ul>"#,
        json!({"price_float": 1_150_000, "currency": "BRL", "count_bedrooms": 3, "count_bathrooms": 2, "constructed_area": 120, "for_sale": true}),
        &[],
    );
}

#[test]
fn dutch_house_with_kamers_and_slaapkamers() {
    states(
        r#"<html lang="nl"><title>Huis te koop: Dorpsstraat 14 3981 EB Bunnik</title><link rel=canonical href="https://makelaar.example.nl/koop/1"><h1>Dorpsstraat 14</h1><p>3981 EB Bunnik</p><p>€ 485.000 k.k.</p><dl><dt>Vraagprijs</dt><dd>€ 485.000 kosten koper</dd><dt>Bouwjaar</dt><dd>1978</dd><dt>Soort woonhuis</dt><dd>Eengezinswoning, tussenwoning</dd><dt>Wonen</dt><dd>118 m²</dd><dt>Perceel</dt><dd>162 m²</dd><dt>Aantal kamers</dt><dd>5 kamers (4 slaapkamers)</dd><dt>Aantal badkamers</dt><dd>1 badkamer en 1 apart toilet</dd></dl>"#,
        json!({"price_float": 485_000, "currency": "EUR", "count_bedrooms": 4, "constructed_area": 118, "year_construction": 1978, "property_type": "Eengezinswoning, tussenwoning", "for_sale": true}),
        &[],
    );
}

#[test]
fn swiss_and_nordic_money() {
    states(
        r#"<html lang="de-CH"><title>Wohnung zum Kauf in Bern</title><h1>Wohnung zum Kauf in Bern</h1><p>CHF 1'150'000.–</p><table><tr><td>Wohnfläche</td><td>112 m²</td></tr></table>"#,
        json!({"price_float": 1_150_000, "currency": "CHF", "constructed_area": 112, "for_sale": true}),
        &["count_bedrooms"],
    );
    states(
        r#"<html lang="sv"><title>Lägenhet till salu</title><h1>Storgatan 4, Lund</h1><table><tr><td>Pris</td><td>3 450 000 kr</td></tr><tr><td>Boarea</td><td>74 m²</td></tr><tr><td>Byggår</td><td>1962</td></tr></table>"#,
        json!({"price_float": 3_450_000, "currency": "SEK", "constructed_area": 74, "year_construction": 1962}),
        &[],
    );
}
